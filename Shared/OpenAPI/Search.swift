import Contract
import Kernel

/// Finds operations, problems, scopes, events, objects and conventions by words, without scripts or
/// other hosts: a form sends the words, and the page of what was found is made from an index.
public struct Search: Sendable {
    /// The most characters of a query that are looked at.
    static let longest = 200
    /// The most that a page lists.
    static let most = 50

    /// Something that can be found.
    struct Finding: Sendable {
        let kind: String
        let title: String
        let place: Place
        /// In lower case.
        let words: String

        init(_ kind: String, _ title: String, _ place: Place, _ texts: [String?]) {
            self.kind = kind
            self.title = title
            self.place = place
            words = (texts.compactMap(\.self) + [title]).joined(separator: " ").lowercased()
        }
    }

    private let findings: [Finding]
    private let navigation: Navigation
    private let frame: PageFrame

    init(_ findings: [Finding], _ navigation: Navigation, in frame: PageFrame) {
        self.findings = findings
        self.navigation = navigation
        self.frame = frame
    }

    static func findings(
        _ tags: [APIDescription.Tag], _ notices: [Notice], _ scopes: [ScopeMeaning],
        _ problems: [ProblemPages.Entry]
    ) throws -> [Finding] {
        let operations = tags.flatMap { tag in
            tag.operations.map { operation in
                let endpoint = operation.endpoint
                return Finding(
                    "operation", endpoint.summary, .page(tag.page, endpoint.id),
                    [
                        endpoint.id, endpoint.method.rawValue + " " + endpoint.path,
                        endpoint.documentation.details, endpoint.scopes.joined(separator: " "),
                        endpoint.documentation.problems.map(\.code).joined(separator: " "),
                        tag.group.name,
                    ])
            }
        }
        let topics =
            Conventions.topics.map {
                Finding("convention", $0.name, .page("conventions", $0.id), [$0.text])
            }
            + Versioning.topics.map {
                Finding(
                    "versioning", $0.name, .page("versioning", $0.id), $0.paragraphs + $0.points)
            }
        let objects = try ReferenceWriter.objects(of: tags, notices).map { type, _ in
            Finding(
                "object", type.schemaName, .page("objects", type.schemaName),
                [type.meaning] + type.members.map(\.name))
        }
        return operations + topics
            + problems.map { Finding("problem", $0.code, .problem($0.code), $0.sentences) }
            + scopes.map {
                Finding(
                    "scope", $0.name, .page("scopes", ReferenceWriter.scopeId($0.name)),
                    [$0.meaning])
            }
            + notices.map {
                Finding("event", $0.type, .page("messages", "event-\($0.type)"), [$0.meaning])
            } + objects
    }

    /// Everything that has all words of the query; first what has them in its title.
    func find(_ query: String) -> [Finding] {
        let words = query.prefix(Self.longest).lowercased().split { $0.isWhitespace }
        guard !words.isEmpty else { return [] }
        let found = findings.filter { finding in words.allSatisfy { finding.words.contains($0) } }
        let isTitle = found.map { finding in
            words.allSatisfy { finding.title.lowercased().contains($0) }
        }
        return zip(found, isTitle).filter(\.1).map(\.0)
            + zip(found, isTitle).filter { !$0.1 }.map(\.0)
    }

    /// `/docs?q=…`
    public func page(for query: String) -> Page {
        let found = find(query)
        let items = found.prefix(Self.most).map { finding -> HTML in
            """
            <li><a href="\(finding.place.address(from: ""))">\(finding.title)</a> \
            <span class="bounds">\(finding.kind)</span></li>

            """
        }
        let more: HTML =
            found.count > Self.most ? "<p>These are the first of \("\(found.count)").</p>" : ""
        let list: HTML =
            items.isEmpty
            ? "<p>Nothing has all these words. Try fewer, or a part of one.</p>"
            : "<ul class=\"found\">\n\(Array(items))</ul>\n\(more)"
        let shown = String(query.prefix(Self.longest))
        return Page(
            title: "Search: \(frame.product) API", in: frame, root: "",
            links: [], navigation: navigation.html(on: nil, root: ""),
            query: shown,
            main: """
                <h1>Search</h1>
                <p class="lead">\("\(found.count)") found for “\(shown)”.</p>
                \(list)
                """)
    }
}
