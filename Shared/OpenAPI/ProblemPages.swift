import Contract
import HTTPCore
import Kernel

/// A page about each problem, where the `type` of a problem leads (RFC 9457 §3.1.1), and an index
/// of them, made from the declarations that code throws.
public struct ProblemPages: Sendable {
    /// All codes.
    public let index: Page
    /// By code.
    public let pages: [String: Page]
    /// In the order of their codes.
    let entries: [Entry]

    /// What a code stands for in all operations that list it.
    struct Entry: Sendable {
        let code: String
        let kind: Fault.Kind
        /// One sentence for each declaration.
        var sentences: [String] = []
        /// Empty: any can have it.
        var endpoints: [(endpoint: Endpoint, page: String)] = []

        var title: String { "\(kind.status) \(MessageWriter.reason(kind.status))" }
    }

    init(_ tags: [APIDescription.Tag], in frame: PageFrame) {
        let entries = Self.entries(tags)
        self.entries = entries
        index = Page(
            title: "\(frame.product) problems", in: frame, root: "",
            links: ["<a href=\"docs\">API reference</a>"], navigation: "<nav></nav>",
            main: """
                <h1>Problems</h1>
                <p class="lead">Every error has a stable <code>code</code>. Its <code>type</code> \
                is the address of a page about it.</p>
                \(HTML.table("Problems by code", ["Code", "Status", "When"], entries.map(Self.row)))
                """)
        pages = Dictionary(
            uniqueKeysWithValues: entries.map { ($0.code, Self.page($0, in: frame)) })
    }

    private static func entries(_ tags: [APIDescription.Tag]) -> [Entry] {
        var found: [String: Entry] = [:]
        func add(_ problem: ProblemType, _ endpoint: Endpoint? = nil, on page: String = "") {
            var entry = found[problem.code] ?? Entry(code: problem.code, kind: problem.kind)
            if !entry.sentences.contains(problem.detail) { entry.sentences.append(problem.detail) }
            if let endpoint { entry.endpoints.append((endpoint, page)) }
            found[problem.code] = entry
        }
        for problem in ofServers { add(problem) }
        for tag in tags {
            for operation in tag.operations {
                for case .problem(let problems) in operation.outcomes.map(\.content) {
                    for problem in problems {
                        let isCommon = Causes.common.contains(problem)
                        add(problem, isCommon ? nil : operation.endpoint, on: tag.page)
                    }
                }
            }
        }
        return found.values.sorted { $0.code < $1.code }
    }

    /// Those that no operation lists: they are said before one is found.
    private static let ofServers: [ProblemType] = [
        .notFound, .methodNotAllowed, .expectationFailed, .notImplemented, .versionNotSupported,
    ]

    private static func row(_ entry: Entry) -> [HTML] {
        [
            "<a href=\"problems/\(entry.code)\"><code>\(entry.code)</code></a>",
            "\("\(entry.kind.status)")", HTML(prose: entry.sentences.joined(separator: " ")),
        ]
    }

    private static func page(_ entry: Entry, in frame: PageFrame) -> Page {
        let sentences = entry.sentences.map { "<li>\(HTML(prose: $0))</li>\n" as HTML }
        let links = entry.endpoints.map { endpoint, page -> HTML in
            let address = Place.page(page, endpoint.id).address(from: "../")
            return """
                <li><a href="\(address)">\(endpoint.summary)</a>: \
                <code>\(endpoint.method.rawValue) \(endpoint.path)</code></li>

                """
        }
        let operations: HTML =
            links.isEmpty ? "<p>Any operation can have it.</p>" : "<ul>\n\(links)</ul>"
        let example = ProblemSchema.example(
            [ProblemType(entry.kind, entry.code, entry.sentences[0])], about: "name")
        return Page(
            title: "\(entry.code): \(frame.product) problems", in: frame, root: "../",
            links: ["<a href=\"../problems\">All problems</a>"], navigation: "<nav></nav>",
            main: """
                <h1><code>\(entry.code)</code></h1>
                <p class="lead">\(entry.title)</p>
                <h2>When</h2>
                <ul>
                \(sentences)</ul>
                <h2>What to do</h2>
                <p>\(HTML(prose: entry.kind.remedy))</p>
                <h2>Example</h2>
                \(HTML.code("Body", example.text))<h2>Operations</h2>
                \(operations)
                """)
    }
}

extension Fault.Kind {
    /// What a client can do about it.
    var remedy: String {
        switch self {
        case .malformed, .expectationFailed, .notImplemented, .versionNotSupported:
            "Correct the request: the same bytes are refused each time."
        case .unauthenticated:
            "Send a valid token in `Authorization`. If it has expired or was revoked, get another."
        case .forbidden:
            "Use a token with the scope that is missing, or ask somebody who can do it. Repeating "
                + "the request changes nothing."
        case .notFound:
            "Check the path and the id. What you can't see is answered as if it did not exist: if "
                + "it exists, its owner can give you access."
        case .methodNotAllowed: "Use one of the methods in `Allow`."
        case .requestTimeout: "Send the whole request without pauses."
        case .conflict: "Read the current state, and decide what to change in view of it."
        case .gone: "Ask the sender for a new one."
        case .preconditionFailed:
            "Read the resource again, apply your change to what it is now, and send it with the "
                + "new `ETag` in `If-Match`."
        case .tooLarge: "Send less: the limit is in `detail`."
        case .targetTooLong, .headTooLarge: "Make the request shorter."
        case .unsupportedMediaType:
            "Send JSON with `Content-Type: application/json`, without `Content-Encoding`."
        case .invalid: "Correct what `errors` names; `detail` says the rule."
        case .rateLimited: "Wait for the seconds in `Retry-After`, then send the request again."
        case .internalError:
            "Send the request again, a POST with the same `Idempotency-Key`. If it stays, give "
                + "`requestId` to the operator."
        case .badUpstream, .unavailable, .timeout:
            "Send the request again after the seconds in `Retry-After`, a POST with the same "
                + "`Idempotency-Key`."
        }
    }
}
