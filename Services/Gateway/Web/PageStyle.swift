import Kernel
import Presentation

/// The style sheet of our pages in the product's colours, and the policy that allows it alone.
struct PageStyle: Sendable {
    let text: String
    private let hash: String

    init(_ accent: Color) {
        text = """

            :root { color-scheme: light dark; \(Self.variables(.light(accent))) }
            @media (prefers-color-scheme: dark) { :root {
              \(Self.variables(.dark(accent))) } }
            \(Self.rules)
            """
        hash = Base64.encode(SHA256.hash(Array(text.utf8)))
    }

    /// Content-Security-Policy
    /// - Parameter target: an origin to which the answer of a form leads: browsers hold
    ///   `form-action` against redirects, too.
    func policy(formsTo target: String?) -> String {
        "default-src 'none'; style-src 'sha256-\(hash)'; img-src 'self'; base-uri 'none'; "
            + "form-action 'self'\(target.map { " \($0)" } ?? ""); frame-ancestors 'none'"
    }

    private static func variables(_ palette: Palette) -> String {
        """
        --ink: \(palette.ink); --soft: \(palette.soft); --paper: \(palette.paper);
          --ground: \(palette.ground); --line: \(palette.line); --accent: \(palette.accent);
          --edge: \(palette.edge); --good: \(palette.good); --plate: \(palette.plate);
          --on-accent: \(palette.onAccent); --link: \(palette.link); --wrong: \(palette.wrong)
        """
    }

    private static let rules = """
        * { box-sizing: border-box }
        body { margin: 0; padding: 1.5rem 1rem; background: var(--ground); color: var(--ink);
          font: 1.0625rem/1.5 system-ui, sans-serif }
        header, main, footer { max-width: 32rem; margin: 0 auto }
        header { padding: 3vh 0 1rem; font-weight: 600; color: var(--soft) }
        header a { color: inherit; text-decoration: none }
        header img { display: block; height: 2rem; width: auto; max-width: 100% }
        @media (prefers-color-scheme: dark) {
          header img { box-sizing: content-box; padding: 0.4rem 0.7rem; border-radius: 6px;
            max-width: calc(100% - 1.4rem); background: var(--plate) }
        }
        main { padding: 2rem; background: var(--paper); border: 1px solid var(--line);
          border-radius: 10px }
        footer { padding: 1rem 0; font-size: 0.875rem; color: var(--soft) }
        footer span { display: inline-block; margin-right: 1.25rem }
        a { color: var(--link) }
        footer a { color: inherit }
        h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere;
          text-wrap: balance }
        p { margin: 0 0 1rem; overflow-wrap: anywhere }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1rem;
          margin: 0 0 1.25rem; font-size: 0.95rem }
        dt { color: var(--soft) }
        dd { margin: 0; overflow-wrap: anywhere }
        @media (max-width: 26rem) {
          main { padding: 1.5rem 1.25rem }
          dl { grid-template-columns: 1fr; gap: 0 }
          dd { margin-bottom: 0.5rem }
          button, a.button { width: 100%; margin-right: 0; text-align: center }
        }
        @media (max-width: 16rem) {
          body { padding: 1rem 0.5rem }
          main { padding: 1rem 0.75rem }
          button, a.button { padding: 0.6rem 0.5rem }
        }
        blockquote { margin: 0 0 1rem; padding-left: 1rem; border-left: 3px solid var(--line);
          white-space: pre-wrap; overflow-wrap: anywhere }
        label { display: block; margin-bottom: 0.3rem; font-weight: 600 }
        input { width: 100%; padding: 0.6rem; font: inherit; letter-spacing: 0.08em;
          color: inherit; background: transparent; border: 1px solid var(--soft);
          border-radius: 6px; margin-bottom: 1rem }
        input[aria-invalid] { border: 2px solid var(--wrong); margin-bottom: 0.4rem }
        button { padding: 0.65rem 1.3rem; font: inherit; font-weight: 600; cursor: pointer;
          overflow-wrap: anywhere; color: var(--on-accent); background: var(--accent);
          border: 1px solid var(--edge); border-radius: 6px; margin: 0 0.5rem 0.5rem 0 }
        a.button { display: inline-block; padding: 0.65rem 1.3rem; font-weight: 600;
          max-width: 100%; overflow-wrap: anywhere; color: var(--on-accent);
          background: var(--accent); border: 1px solid var(--edge); border-radius: 6px;
          text-decoration: none }
        button.second { color: var(--ink); background: transparent; border-color: var(--soft) }
        button.link { width: auto; padding: 0.25rem 0; margin: 0; font-weight: 400;
          font-size: 0.95rem; color: var(--link); background: none; border: 0;
          text-decoration: underline }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
        form { margin: 0 }
        p:has(a.button) { margin-bottom: 0.5rem }
        .icon { display: block; width: 2.5rem; height: 2.5rem; margin: 0 0 1rem; fill: none;
          stroke: var(--soft); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round }
        .good { stroke: var(--good) }
        .bad { stroke: var(--wrong) }
        main > :last-child { margin-bottom: 0 }
        .soft { color: var(--soft); font-size: 0.95rem; margin-top: 0.5rem }
        .wrong { border-left: 3px solid var(--wrong); padding-left: 0.8rem }
        .done { border-left: 3px solid var(--good); padding-left: 0.8rem }

        """
}
