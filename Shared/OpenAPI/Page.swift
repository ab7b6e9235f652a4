import Contract
import Kernel

/// The reference for people: one page without scripts, fonts or anything else from elsewhere.
public struct Page: Sendable {
    /// The whole page in UTF-8.
    public let html: [UInt8]
    /// Allows the page's own style, by its hash, and nothing else.
    public let contentSecurityPolicy: String

    init(
        _ tags: [APIDescription.Tag], _ notices: [Notice], version: String, server: String
    ) throws {
        let writer = ReferenceWriter(server: server == "/" ? "$LATCHKEY" : server)
        let groups = try tags.map { try writer.group($0) }
        let objects = try writer.objects(of: tags, notices)
        let messages = try writer.notices(notices)
        self.init(
            title: "Latchkey API reference", version: version,
            link: "<a href=\"openapi.json\">OpenAPI 3.1 document</a>",
            navigation: writer.navigation(tags, notices),
            main: """
                <h1>Latchkey API</h1>
                <p class="lead">Sharing and access for platforms: share entities, integrations and \
                workspaces, invite people, revoke access, and audit every change.</p>
                \(writer.conventions(server: server))
                \(groups)
                \(messages)\(objects)
                """)
    }

    private static let style = "\n" + Style.css
    /// Made once for all pages, as their style is one.
    private static let policy: String = {
        let hash = Base64.encode(SHA256.hash(Array(style.utf8)))
        return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'"
    }()

    /// A page in the style of the reference.
    init(title: String, version: String, link: HTML, navigation: HTML, main: HTML) {
        contentSecurityPolicy = Self.policy
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>\(HTML(stringLiteral: Self.style))</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the reference</a>
            <header>
            <p class="brand">Latchkey <span>API \(version)</span></p>
            <p>\(link)</p>
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
