import Contract

/// How the product looks, and how people sign in.
public struct BrandingBody: Codable, Sendable {
    /// For which a response can be cached.
    public static let freshSeconds = 300

    public struct Colors: Codable, Sendable {
        public let light: Palette
        public let dark: Palette

        public init(light: Palette, dark: Palette) {
            self.light = light
            self.dark = dark
        }
    }

    /// Colours of one appearance, `#rrggbb`. All texts in them have a contrast of at least 4.5.
    public struct Palette: Codable, Sendable, Equatable {
        /// Of buttons.
        public let accent: String
        /// Of text on buttons.
        public let onAccent: String
        /// Of links, on paper or on `tint`.
        public let link: String
        /// Behind what is selected.
        public let tint: String

        public init(accent: String, onAccent: String, link: String, tint: String) {
            self.accent = accent
            self.onAccent = onAccent
            self.link = link
            self.tint = tint
        }
    }

    /// A way to sign in.
    public struct Way: Codable, Sendable, Equatable {
        public let type: SignInWay
        /// Of the identity provider, as people know it.
        @OrNull public var name: String?

        public init(_ type: SignInWay, name: String? = nil) {
            self.type = type
            _name = OrNull(wrappedValue: name)
        }
    }

    public let productName: String
    @OrNull public var logoUrl: String?
    public let iconUrl: String
    public let colors: Colors
    @OrNull public var appUrl: String?
    @OrNull public var supportEmail: String?
    @OrNull public var termsUrl: String?
    @OrNull public var privacyUrl: String?
    /// Where nothing says which.
    public let locale: String
    public let locales: [String]
    /// In the order in which to offer them.
    public let signIn: [Way]

    public init(
        productName: String, logoUrl: String?, iconUrl: String, colors: Colors, appUrl: String?,
        supportEmail: String?, termsUrl: String?, privacyUrl: String?, locale: String,
        locales: [String], signIn: [Way]
    ) {
        self.productName = productName
        self.iconUrl = iconUrl
        self.colors = colors
        self.locale = locale
        self.locales = locales
        self.signIn = signIn
        _logoUrl = OrNull(wrappedValue: logoUrl)
        _appUrl = OrNull(wrappedValue: appUrl)
        _supportEmail = OrNull(wrappedValue: supportEmail)
        _termsUrl = OrNull(wrappedValue: termsUrl)
        _privacyUrl = OrNull(wrappedValue: privacyUrl)
    }
}

public enum SignInWay: String, Codable, Sendable, CaseIterable {
    /// A code sent by e-mail.
    case code
    /// The platform's identity provider.
    case oidc
}

extension BrandingBody: Documented {
    public static let schemaName = "Branding"
    public static let meaning = "How the product looks, and how people sign in."

    public static var members: [Member] {
        [
            Member("productName", "The product's name.", example: "Acme"),
            Member("logoUrl", "The product's logo, PNG or SVG; `null` if there is none.", .address),
            Member("iconUrl", "A square icon; the logo, if there is one.", .address),
            Member("colors", "The product's accent, so that text in it and on it can be read."),
            Member("appUrl", "The product's own address; `null` if unknown.", .address),
            Member(
                "supportEmail", "Where people can ask for help; `null` if unknown.",
                example: "help@example.com"),
            Member("termsUrl", "The terms of service; `null` if unknown.", .address),
            Member("privacyUrl", "The privacy policy; `null` if unknown.", .address),
            Member("locale", "The language where nothing says which.", example: "en"),
            Member("locales", "The languages of pages, mails and the console."),
            Member("signIn", "The ways to sign in, in the order in which to offer them."),
        ]
    }
}

extension BrandingBody.Colors: Documented {
    public static let schemaName = "BrandingColors"
    public static let meaning = "The product's colours, by appearance."

    public static var members: [Member] {
        [
            Member("light", "On a light ground."), Member("dark", "On a dark ground."),
        ]
    }
}

extension BrandingBody.Palette: Documented {
    public static let schemaName = "BrandingPalette"
    public static let meaning = "Colours whose texts have a contrast of at least 4.5 (WCAG 2.2)."

    public static var members: [Member] {
        [
            Member("accent", "Of buttons.", .color),
            Member("onAccent", "Of text on buttons.", .color),
            Member("link", "Of links, also on `tint`.", .color),
            Member("tint", "Behind what is selected.", .color),
        ]
    }
}

extension BrandingBody.Way: Documented {
    public static let schemaName = "SignInOption"
    public static let meaning = "A way to sign in."

    public static var members: [Member] {
        [
            Member(
                "type",
                "`code`: a code sent by e-mail; `oidc`: the platform's identity provider, with "
                    + "OpenID Connect.", .words(SignInWay.allCases)),
            Member(
                "name", "The identity provider's name; `null` for a code.", example: "Acme Login"),
        ]
    }
}

extension Rule {
    fileprivate static var color: Rule {
        var rule = Rule()
        rule.pattern = "^#[0-9a-f]{6}$"
        rule.example = "#2f4bd8"
        return rule
    }

    fileprivate static var address: Rule {
        var rule = Rule()
        rule.format = "uri-reference"
        rule.example = "https://app.example.com/"
        return rule
    }
}
