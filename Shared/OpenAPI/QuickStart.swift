import Contract
import Kernel

/// The first requests that somebody makes, in order: declared by whoever knows the routes.
public struct QuickStart: Sendable {
    /// One request.
    public struct Step: Sendable {
        /// Above the request.
        public let text: String
        /// Its route.
        public let endpoint: Endpoint
        /// Its target; nil for the path of the route.
        public let target: String?
        /// The user for whom it is made; nil for the caller.
        public let user: String?
        /// nil if it has none.
        public let body: JSONTree?

        public init(
            _ text: String, _ endpoint: Endpoint, target: String? = nil, for user: String? = nil,
            body: JSONTree? = nil
        ) {
            self.text = text
            self.endpoint = endpoint
            self.target = target
            self.user = user
            self.body = body
        }
    }

    /// Before the first request.
    public let text: String
    /// Those whose routes aren't served here are left out.
    public let steps: [Step]
    /// Where to go on.
    public let further: String

    public init(text: String, steps: [Step], further: String) {
        self.text = text
        self.steps = steps
        self.further = further
    }

    /// Without any request.
    public static let none = QuickStart(text: "", steps: [], further: "")
}

extension ReferenceWriter {
    /// The first page.
    func start(
        _ quickStart: Content, _ groups: [(name: String, title: String, meaning: String)]
    ) -> Content {
        let rows = groups.map { group in
            [
                link(Content(prose: group.title), to: .page(group.name)),
                Content(prose: group.meaning),
            ]
        }
        return .paragraph(Content(prose: Reference.meaning), style: "lead") + quickStart
            + .heading(2, "Reference", id: "reference")
            + .table("Parts of the API", ["Part", "About"], rows)
    }

    func quickStart(
        _ quickStart: QuickStart, _ tags: [APIDescription.Tag], server: String
    ) throws -> Content {
        let known = Set(tags.flatMap(\.operations).map(\.endpoint))
        let steps = quickStart.steps.filter { known.contains($0.endpoint) }
        guard !steps.isEmpty else { return "" }
        let parts = steps.enumerated().map { index, step -> Content in
            let request = curl(
                step.endpoint, step.target ?? step.endpoint.path,
                fields: step.user.map { ["Latchkey-User: \($0)"] } ?? [], body: step.body)
            return .paragraph(Content(prose: "\(index + 1). \(step.text)"))
                + .block("Request \(index + 1)", request, language: "sh")
        }
        return .heading(2, "Quick start", id: "quick-start")
            + .paragraph(Content(prose: quickStart.text)) + Content(parts)
            + .paragraph(Content(prose: quickStart.further))
    }

    // MARK: Indexes

    func problems(_ entries: [ProblemPages.Entry]) -> Content {
        let rows = entries.map { entry -> [Content] in
            [
                link(.code(entry.code), to: .problem(entry.code)), "\(entry.kind.status)",
                Content(prose: entry.sentences.joined(separator: " ")),
                Content(prose: entry.kind.remedy),
            ]
        }
        return .paragraph("The `code` of an error is stable. Its `type` leads to a page about it.")
            + .table("Problems by code", ["Code", "Status", "When", "What to do"], rows)
    }

    func scopes(_ scopes: [ScopeMeaning], _ tags: [APIDescription.Tag]) -> Content {
        let parts = scopes.map { scope -> Content in
            let links = tags.flatMap { tag in
                tag.operations.filter { $0.endpoint.scopes.contains(scope.name) }.map {
                    link(
                        Content(prose: $0.endpoint.summary), to: .page(tag.page, $0.endpoint.id))
                }
            }
            return .article(
                Self.scopeId(scope.name),
                .heading(2, .code(scope.name), id: Self.scopeId(scope.name))
                    + .paragraph(Content(prose: scope.meaning))
                    + (links.isEmpty ? "" : .bullets(links)))
        }
        return .paragraph(
            "An operation names the scopes that it needs. The user needs access to the resource as "
                + "well: a scope gives none.") + Content(parts)
    }
}
