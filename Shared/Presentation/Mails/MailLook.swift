import Kernel

/// The markup of mails. Mail clients know tables and inline styles; what they know of style sheets
/// is enough for a dark scheme, and a client without it shows the light one.
public struct MailLook: Sendable {
    let brand: Brand
    /// The product's name.
    public var product: String { brand.name }
    /// The address of the logo; nil if clients couldn't show it.
    private let logoURL: String?
    private let light: Palette
    private let style: String

    /// - Parameter publicURL: of the gateway, which serves the logo.
    public init(_ brand: Brand, publicURL: String) {
        self.brand = brand
        // Neither Gmail nor Outlook shows SVG.
        logoURL = brand.logo?.kind == .png ? "\(publicURL)\(Brand.logoPath)" : nil
        light = .light(brand.accent)
        style = Self.style(.dark(brand.accent))
    }

    private static func style(_ dark: Palette) -> String {
        """
        :root { color-scheme: light dark; supported-color-schemes: light dark }
        @media (prefers-color-scheme: dark) {
        .ground { background: \(dark.ground) !important }
        .paper { background: \(dark.paper) !important; border-color: \(dark.line) !important }
        .ink { color: \(dark.ink) !important }
        .soft { color: \(dark.soft) !important }
        .link { color: \(dark.link) !important }
        .line { border-color: \(dark.line) !important }
        .button { background: \(dark.accent) !important; color: \(dark.onAccent) !important;
        border-color: \(dark.edge) !important }
        .logo { background: \(dark.plate) !important; padding: 6px 11px !important }
        }
        """
    }

    func page(_ title: String, _ language: String, _ blocks: [HTML], footer: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="\(language)"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>\(title)</title>
        <style>\(HTML(stringLiteral: style))</style></head>
        <body class="ground" style="margin: 0; padding: 0; background: \(light.ground)">
        <table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" \
        border="0" style="background: \(light.ground)"><tr>
        <td align="center" style="padding: 24px 12px">
        <table role="presentation" class="paper" width="560" cellpadding="0" cellspacing="0" \
        border="0" style="width: 100%; max-width: 560px; background: \(light.paper); \
        border: 1px solid \(light.line); border-radius: 10px"><tr>
        <td class="ink" align="left" style="padding: 28px; \(Self.font); font-size: 16px; \
        line-height: 1.5; color: \(light.ink); overflow-wrap: anywhere; word-break: break-word">
        \(header)
        \(blocks)</td></tr></table>
        <p class="soft" style="\(Self.font); font-size: 13px; line-height: 1.5; \
        color: \(light.soft); margin: 16px 0 0">\(footer)</p>
        </td></tr></table>
        </body></html>

        """
    }

    private static let font = "font-family: system-ui, -apple-system, 'Segoe UI', Arial, sans-serif"

    private var header: HTML {
        let name: HTML =
            logoURL.map {
                """
                <img src="\($0)" alt="\(brand.name)" height="32" \
                class="logo" style="height: 32px; width: auto; border: 0; border-radius: 6px">
                """
            } ?? "\(brand.name)"
        return """
            <p class="soft" style="margin: 0 0 20px; font-weight: 600; \
            color: \(light.soft)">\(name)</p>
            """
    }

    func heading(_ text: String) -> HTML {
        """
        <h1 style="margin: 0 0 16px; font-size: 20px; line-height: 1.3">\(text)</h1>

        """
    }

    func paragraph(_ content: HTML) -> HTML {
        "<p style=\"margin: 0 0 16px\">\(content)</p>\n"
    }

    func note(_ content: HTML) -> HTML {
        """
        <p class="soft" style="margin: 0 0 16px; font-size: 14px; \
        color: \(light.soft)">\(content)</p>

        """
    }

    /// What few need: apart from the text by a line.
    func fallback(_ content: HTML) -> HTML {
        """
        <p class="soft line" style="margin: 24px 0 0; padding-top: 16px; \
        border-top: 1px solid \(light.line); font-size: 13px; color: \(light.soft)">\(content)</p>

        """
    }

    func quote(_ text: String) -> HTML {
        """
        <blockquote class="line" style="margin: 0 0 16px; padding-left: 16px; \
        border-left: 3px solid \(light.line); white-space: pre-wrap">\(text)</blockquote>

        """
    }

    func facts(_ facts: [(label: String, value: String)]) -> HTML {
        let rows = facts.map { fact -> HTML in
            """
            <tr><td class="soft" valign="top" style="padding: 0 16px 6px 0; \
            color: \(light.soft); font-size: 14px; white-space: nowrap">\(fact.label)</td>\
            <td valign="top" style="padding: 0 0 6px; font-size: 14px; \
            word-break: break-word">\(fact.value)</td></tr>

            """
        }
        return """
            <table role="presentation" cellpadding="0" cellspacing="0" border="0" \
            style="margin: 0 0 16px">
            \(rows)</table>

            """
    }

    /// Each name in a row of its own, as it can be long.
    func list(_ items: [(name: String, note: String)]) -> HTML {
        let rows = items.map { item -> HTML in
            """
            <tr><td class="line" style="padding: 9px 0; \
            border-top: 1px solid \(light.line)">\
            <p style="margin: 0; font-weight: 600">\(item.name)</p>\
            <p class="soft" style="margin: 0; font-size: 14px; \
            color: \(light.soft)">\(item.note)</p></td></tr>

            """
        }
        return """
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
            style="margin: 0 0 20px">
            \(rows)</table>

            """
    }

    func code(_ code: String) -> HTML {
        """
        <p style="margin: 0 0 16px; font-size: 32px; letter-spacing: 0.1em">\
        <strong>\(code)</strong></p>

        """
    }

    func button(_ label: String, _ link: String) -> HTML {
        """
        <table role="presentation" cellpadding="0" cellspacing="0" border="0" \
        style="margin: 0 0 20px"><tr><td class="button" bgcolor="\(light.accent)" \
        style="border-radius: 6px; background: \(light.accent)">\
        <a class="button" href="\(link)" style="display: inline-block; padding: 12px 22px; \
        border: 1px solid \(light.edge); border-radius: 6px; \
        background: \(light.accent); color: \(light.onAccent); \
        font-weight: 600; text-decoration: none">\(label)</a></td></tr></table>

        """
    }

    func link(_ address: String, _ label: String) -> HTML {
        "<a class=\"link\" href=\"\(address)\" style=\"color: \(light.link)\">\(label)</a>"
    }
}

extension Brand {
    /// Where the gateway serves the logo.
    public static let logoPath = "/brand/logo"
}
