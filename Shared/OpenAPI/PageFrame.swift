import Kernel

/// What all pages have in common: the product's name, the version, and the style in its colours.
public struct PageFrame: Sendable {
    /// Latchkey's.
    public let version: String
    /// Whose pages they are.
    public let product: String
    /// The style sheet.
    let style: String
    /// Allows that style, by its hash, a search here, and nothing else.
    let policy: String

    /// - Parameter links: the colours of links, `#rrggbb`, on a light and on a dark ground; nil for
    ///   Latchkey's own.
    public init(
        version: String, product: String = "Latchkey", links: (light: String, dark: String)? = nil
    ) {
        self.version = version
        self.product = product
        var css = Style.css
        if let links {
            css = css.replacing(Style.lightLink, with: "--link: \(links.light);")
                .replacing(Style.darkLink, with: "--link: \(links.dark);")
        }
        style = "\n" + css
        let hash = Base64.encode(SHA256.hash(Array(style.utf8)))
        policy =
            "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; "
            + "form-action 'self'; frame-ancestors 'none'"
    }
}
