import Contract
import Kernel

/// The reference: pages for people without scripts, fonts or anything else from elsewhere, and the
/// same as Markdown for programs. Made once, at start.
public struct Reference: Sendable {
    /// One of its pages.
    public struct Entry: Sendable {
        /// Its name in the address: `/docs/<name>`; `index` is `/docs`.
        public let name: String
        /// The heading.
        public let title: String
        /// One sentence about it.
        public let meaning: String
        /// For people.
        public let page: Page
        /// `/docs/<name>.md`, in UTF-8.
        public let markdown: [UInt8]
    }

    /// All pages in their order, `index` first.
    public let entries: [Entry]
    /// `/llms.txt` (https://llmstxt.org): what pages there are, in UTF-8.
    public let directory: [UInt8]
    /// Finds what is described.
    public let search: Search

    init(
        _ tags: [APIDescription.Tag], _ notices: [Notice], _ scopes: [ScopeMeaning],
        _ quickStart: QuickStart, _ problems: ProblemPages, in frame: PageFrame, server: String
    ) throws {
        let shown = server == "/" ? "$LATCHKEY" : server
        let first = ReferenceWriter(server: shown, root: "")
        let writer = ReferenceWriter(server: shown, root: "../")
        let groups = try tags.map { tag in
            Draft(
                tag.page, tag.group.name, tag.group.meaning, try writer.group(tag),
                links: tag.operations.map { ($0.endpoint.id, $0.endpoint.summary) })
        }
        let start = first.start(
            try first.quickStart(quickStart, tags, server: server), groups.map(\.summary))
        let drafts =
            [
                Draft("index", "\(frame.product) API", Self.meaning, start),
                Draft(
                    "conventions", "Conventions", "What holds for every operation.",
                    writer.conventions(server)),
                Draft(
                    "versioning", "Versioning and deprecation",
                    "How the API changes, and what clients can rely on.", writer.versioning()),
            ] + groups + (notices.isEmpty ? [] : [try writer.messages(notices)])
            + [
                Draft(
                    "objects", "Objects", "What requests and responses hold.",
                    Content(
                        try ReferenceWriter.objects(of: tags, notices).map {
                            try writer.object($0.type, $0.direction)
                        })),
                Draft(
                    "problems", "Problems", "Every error code, its status and what to do.",
                    writer.problems(problems.entries)),
                Draft(
                    "scopes", "Scopes", "What a token can be used for.",
                    writer.scopes(scopes, tags)),
            ]
        let navigation = Navigation(drafts)
        entries = drafts.map { draft in
            Entry(
                name: draft.name, title: draft.title, meaning: draft.meaning,
                page: Page(draft, navigation, in: frame),
                markdown: Array("# \(draft.title)\n\n\(draft.content.markdown)".utf8))
        }
        directory = Array(Self.directory(drafts, of: frame.product, server: server).utf8)
        search = Search(
            try Search.findings(tags, notices, scopes, problems.entries), navigation,
            in: frame)
    }

    static let meaning =
        "Sharing and access for platforms: share entities, integrations and workspaces, invite "
        + "people, revoke access, and audit every change."

    /// As https://llmstxt.org has it: a heading, a summary, and lists of links.
    private static func directory(
        _ drafts: [Draft], of product: String, server: String
    ) -> String {
        let base = server == "/" ? "" : server
        let lines = drafts.map { draft in
            let meaning = draft.meaning.prefix { $0 != "." }
            return "- [\(draft.title)](\(base)/docs/\(draft.name).md): \(meaning)."
        }
        return """
            # \(product)

            > \(meaning) A REST API with bearer tokens; errors have stable codes (RFC 9457).

            ## Reference

            \(lines.joined(separator: "\n"))

            ## Machine-readable

            - [OpenAPI 3.1 document](\(base)/openapi.json): every operation, for generators.

            """
    }
}

/// A page before it has its frame.
struct Draft {
    let name: String
    let title: String
    let meaning: String
    let content: Content
    /// What the side bar names on it, with where it is.
    let links: [(id: String, title: String)]

    init(
        _ name: String, _ title: String, _ meaning: String, _ content: Content,
        links: [(id: String, title: String)] = []
    ) {
        self.name = name
        self.title = title
        self.meaning = meaning
        self.content = content
        self.links = links
    }

    /// As the first page lists it.
    var summary: (name: String, title: String, meaning: String) { (name, title, meaning) }

    var place: Place { name == "index" ? .start : .page(name) }
    /// The way from it to the root.
    var root: String { name == "index" ? "" : "../" }
}

extension APIDescription.Tag {
    /// The name of its page.
    var page: String { group.name.lowercased().replacing(" ", with: "-") }
}

/// What stands beside each page: all pages, and the operations on them by what they do.
struct Navigation {
    private let drafts: [Draft]

    init(_ drafts: [Draft]) { self.drafts = drafts }

    /// - Parameters:
    ///   - current: the name of the page; nil for one that is not among them.
    ///   - root: the way from the page to the root.
    func html(on current: String?, root: String) -> HTML {
        let groups = drafts.map { draft -> HTML in
            let links = draft.links.map { id, title -> HTML in
                let address = Place.page(draft.name, id).address(from: root)
                return "<li><a href=\"\(address)\">\(title)</a></li>\n"
            }
            let list: HTML = links.isEmpty ? "" : "<ul>\n\(links)</ul>"
            let isCurrent: HTML = draft.name == current ? " aria-current=\"page\"" : ""
            let title = draft.name == "index" ? "Quick start" : draft.title
            return """
                <li><a class="group" href="\(draft.place.address(from: root))"\(isCurrent)>\
                \(title)</a>\(list)</li>

                """
        }
        return """
            <nav aria-label="Reference">
            <details open><summary>Contents</summary>
            <ul>
            \(groups)</ul>
            </details>
            </nav>
            """
    }
}
