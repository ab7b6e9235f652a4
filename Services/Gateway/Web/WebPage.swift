import HTTPCore
import Kernel
import Presentation

/// A page for people: one column, no scripts, no content of other sites. It works on phones, with
/// the keyboard and with screen readers.
struct WebPage {
    let title: String
    let content: HTML
    var status = 200
    /// Another origin to which a form's answer leads.
    var target: String?

    /// - Parameter site: whose look it has.
    func response(of site: WebSite, in language: Language) -> Response {
        let page: HTML = """
            <!doctype html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>\(title) · \(site.brand.name)</title>
            <link rel="icon" href="\(site.path(BrandFiles.iconPath))">
            <style>\(HTML(stringLiteral: site.style.text))</style>
            </head>
            <body>
            <header>\(site.masthead)</header>
            <main>
            \(content)
            </main>
            \(site.footer(in: language.texts))\
            </body>
            </html>

            """
        return Response(
            status,
            fields: [
                Response.Field("Content-Type", "text/html; charset=utf-8"),
                Response.Field("Content-Language", language.rawValue),
                Response.Field("Cache-Control", "no-store"),
                Response.Field("Content-Security-Policy", site.style.policy(formsTo: target)),
                // The address holds a secret, so only the origin is sent. Without it browsers
                // would send `Origin: null` with our own forms (Fetch, §3.1).
                Response.Field("Referrer-Policy", "strict-origin"),
                Response.Field("X-Frame-Options", "DENY"),
                Response.Field("X-Robots-Tag", "noindex"),
            ], body: Array(page.text.utf8))
    }
}

extension WebSite {
    /// A button that leads to the product; nil if nothing says where it is.
    func leadOn(in texts: any Texts) -> HTML? {
        productURL.map {
            "<p><a class=\"button\" href=\"\($0)\">\(texts.goOn(brand.name))</a></p>\n"
        }
    }

    /// The product's logo or name, which leads to the product.
    fileprivate var masthead: HTML {
        let name: HTML =
            brand.logo == nil
            ? "\(brand.name)"
            : "<img src=\"\(path(Brand.logoPath))\" alt=\"\(brand.name)\" height=\"32\">"
        return productURL.map { "<a href=\"\($0)\">\(name)</a>" } ?? "<span>\(name)</span>"
    }

    /// Help, terms and privacy; nothing if none is configured.
    fileprivate func footer(in texts: any Texts) -> HTML {
        var parts: [HTML] = []
        if let email = brand.supportEmail {
            parts.append("\(texts.help) <a href=\"mailto:\(email)\">\(email)</a>")
        }
        for (label, url) in [(texts.terms, brand.termsURL), (texts.privacy, brand.privacyURL)] {
            if let url { parts.append("<a href=\"\(url)\">\(label)</a>") }
        }
        guard !parts.isEmpty else { return "" }
        return "<footer><p>\(parts.map { "<span>\($0)</span>" as HTML })</p></footer>\n"
    }
}
