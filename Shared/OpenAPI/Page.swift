import Contract
import Kernel

/// A page for people, without scripts, fonts or anything else from elsewhere.
public struct Page: Sendable {
    /// The whole page in UTF-8.
    public let html: [UInt8]
    /// Allows the page's own style, by its hash, a search here, and nothing else.
    public let contentSecurityPolicy: String

    /// A page of the reference.
    init(_ draft: Draft, _ navigation: Navigation, in frame: PageFrame) {
        self.init(
            title: draft.name == "index"
                ? "\(frame.product) API reference" : "\(draft.title): \(frame.product) API",
            in: frame, root: draft.root,
            links: [
                "<a href=\"\(draft.root)docs/\(draft.name).md\">Markdown</a>",
                "<a href=\"\(draft.root)openapi.json\">OpenAPI 3.1</a>",
            ],
            navigation: navigation.html(on: draft.name, root: draft.root),
            main: "<h1>\(draft.title)</h1>\n\(draft.content.html)")
    }

    /// A page in the style of the reference.
    /// - Parameters:
    ///   - root: the way from the page to the root: `""` or `"../"`.
    ///   - links: at the end of the header.
    ///   - query: what was searched for.
    init(
        title: String, in frame: PageFrame, root: String, links: [HTML], navigation: HTML,
        query: String = "", main: HTML
    ) {
        contentSecurityPolicy = frame.policy
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>\(HTML(stringLiteral: frame.style))</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the reference</a>
            <header>
            <p class="brand"><a href="\(root)docs">\(frame.product)</a> \
            <span>API \(frame.version)</span></p>
            <form role="search" action="\(root)docs" method="get">
            <label for="q">Search</label>
            <input id="q" name="q" type="search" maxlength="\("\(Search.longest)")" \
            value="\(query)" autocomplete="off">
            <button>Search</button>
            </form>
            <p>\(HTML(stringLiteral: links.map(\.text).joined(separator: " · ")))</p>
            </header>
            <div class="columns">
            \(navigation)
            <main id="main">
            \(main)
            </main>
            </div>
            </body>
            </html>

            """
        html = Array(page.text.utf8)
    }
}
