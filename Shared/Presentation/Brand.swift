import FoundationEssentials
import Kernel
import ServiceKit

/// How the product that uses Latchkey looks and speaks: on every page and in every mail.
public struct Brand: Sendable {
    /// The product's name.
    public var name: String
    /// Nil: its name stands in place of a picture.
    public var logo: Logo?
    /// Of buttons and links.
    public var accent: Color
    /// The product's own address.
    public var appURL: String?
    /// Where people can ask for help.
    public var supportEmail: String?
    /// The terms of service.
    public var termsURL: String?
    /// The privacy policy.
    public var privacyURL: String?
    /// Where nothing says which.
    public var language: Language

    /// Latchkey's own.
    static let blue = Color("#2f4bd8") ?? .black

    /// Latchkey's own look.
    public init(name: String = "Latchkey", language: Language = .english) {
        self.name = name
        self.language = language
        accent = Self.blue
    }

    public init(_ settings: inout Settings) {
        self.init()
        name = Self.name(&settings)
        logo = Self.logo(&settings)
        accent = Self.accent(&settings)
        appURL = Self.address(
            "LATCHKEY_APP_URL", &settings,
            "Address of the product, to which pages and mails lead, such as "
                + "https://app.example.com; without one, pages lead to the console")
        supportEmail = Self.supportEmail(&settings)
        termsURL = Self.address(
            "LATCHKEY_TERMS_URL", &settings, "Address of the terms, for pages and mails")
        privacyURL = Self.address(
            "LATCHKEY_PRIVACY_URL", &settings, "Address of the privacy notice, for pages and mails")
        language =
            settings.choice(
                "LATCHKEY_LOCALE", default: Language.english.rawValue,
                "Language of pages and mails where neither the invitation nor the user nor the "
                    + "browser says which", Language.allCases.map(\.rawValue),
                { Language(rawValue: $0) }) ?? .english
    }

    private static func name(_ settings: inout Settings) -> String {
        let variable = "LATCHKEY_PRODUCT_NAME"
        let text = settings.text(
            variable, default: "Latchkey", "The product's name on pages and in mails")
        do throws(Fault) {
            return try Text.name(text, pointer: "", max: 60)
        } catch {
            settings.reject(variable, "must have 1 to 60 characters, and no control characters")
            return text
        }
    }

    private static func logo(_ settings: inout Settings) -> Logo? {
        let variable = "LATCHKEY_PRODUCT_LOGO"
        let path = settings.text(
            variable,
            "File with the product's logo, PNG or SVG, at most \(Logo.maximum / 1_024) KiB, for "
                + "pages and, if it is PNG, mails")
        guard let path else { return nil }
        let logo = Logo(file: path)
        if logo == nil {
            settings.reject(
                variable,
                "must name a readable PNG or SVG file of at most \(Logo.maximum / 1_024) KiB")
        }
        return logo
    }

    private static func accent(_ settings: inout Settings) -> Color {
        let variable = "LATCHKEY_ACCENT"
        let text = settings.text(
            variable, default: blue.text,
            "Colour of buttons and links, #rrggbb; text on it is black or white, whichever can be "
                + "read")
        guard let color = Color(text) else {
            settings.reject(variable, "must be a colour such as \(blue.text)")
            return blue
        }
        return color
    }

    private static func supportEmail(_ settings: inout Settings) -> String? {
        let variable = "LATCHKEY_SUPPORT_EMAIL"
        guard
            let text = settings.text(variable, "Address for questions, shown on pages and in mails")
        else { return nil }
        let email = try? Text.email(text, pointer: "")
        if email == nil { settings.reject(variable, "must be an e-mail address") }
        return email
    }

    private static func address(
        _ variable: String, _ settings: inout Settings, _ meaning: String
    ) -> String? {
        guard let text = settings.text(variable, meaning) else { return nil }
        guard isWebAddress(text) else {
            settings.reject(
                variable, "must be an absolute http or https URL such as https://example.com")
            return nil
        }
        return text
    }

    private static func isWebAddress(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), text.utf8.count <= 2_048,
            let parts = URLComponents(string: text, encodingInvalidCharacters: false),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
        else { return false }
        return true
    }
}
