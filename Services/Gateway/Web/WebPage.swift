import HTTPCore
import Kernel
import OpenAPI

/// A page for people: one column, no scripts, no content of other sites. It works on phones, with
/// the keyboard and with screen readers.
struct WebPage {
    let title: String
    let content: HTML
    var status = 200

    private static let style = """

        :root { color-scheme: light dark; --ink: #1b1b1f; --soft: #5b5b66; --paper: #ffffff;
          --ground: #f3f3f7; --line: #c8c8d0; --accent: #2f4bd8; --on-accent: #ffffff }
        @media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --soft: #a6a6b3;
          --paper: #1d1d23; --ground: #131317; --line: #44444f; --accent: #93a4ff;
          --on-accent: #131317 } }
        * { box-sizing: border-box }
        body { margin: 0; padding: 1.5rem 1rem; background: var(--ground); color: var(--ink);
          font: 1.0625rem/1.5 system-ui, sans-serif }
        main { max-width: 30rem; margin: 6vh auto; padding: 2rem; background: var(--paper);
          border: 1px solid var(--line); border-radius: 10px }
        h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere }
        p { margin: 0 0 1rem; overflow-wrap: anywhere }
        blockquote { margin: 0 0 1rem; padding-left: 1rem; border-left: 3px solid var(--line);
          white-space: pre-wrap; overflow-wrap: anywhere }
        label { display: block; margin-bottom: 0.3rem; font-weight: 600 }
        input { width: 100%; padding: 0.6rem; font: inherit; letter-spacing: 0.08em;
          color: inherit; background: transparent; border: 1px solid var(--soft);
          border-radius: 6px; margin-bottom: 1rem }
        button { padding: 0.65rem 1.3rem; font: inherit; font-weight: 600; cursor: pointer;
          color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent);
          border-radius: 6px; margin: 0 0.5rem 0.5rem 0 }
        button.second { color: var(--ink); background: transparent; border-color: var(--soft) }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
        form { margin: 0 }
        main > :last-child { margin-bottom: 0 }
        .soft { color: var(--soft); font-size: 0.95rem; margin-top: 0.5rem }
        .wrong { border-left: 3px solid #c0392b; padding-left: 0.8rem }

        """

    private static let policy: String = {
        let hash = Base64.encode(SHA256.hash(Array(style.utf8)))
        return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; "
            + "form-action 'self'; frame-ancestors 'none'"
    }()

    var response: Response {
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>\(title)</title>
            <style>\(HTML(stringLiteral: Self.style))</style>
            </head>
            <body>
            <main>
            \(content)
            </main>
            </body>
            </html>

            """
        return Response(
            status,
            fields: [
                Response.Field("Content-Type", "text/html; charset=utf-8"),
                Response.Field("Cache-Control", "no-store"),
                Response.Field("Content-Security-Policy", Self.policy),
                // The address holds a secret, so only the origin is sent. Without it browsers
                // would send `Origin: null` with our own forms (Fetch, §3.1).
                Response.Field("Referrer-Policy", "strict-origin"),
                Response.Field("X-Frame-Options", "DENY"),
                Response.Field("X-Robots-Tag", "noindex"),
            ], body: Array(page.text.utf8))
    }
}
