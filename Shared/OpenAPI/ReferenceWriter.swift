import Contract
import Kernel

/// Writes the parts of the reference page.
struct ReferenceWriter {
    /// What stands before paths in examples.
    let server: String

    func navigation(_ tags: [APIDescription.Tag], _ notices: [Notice]) -> HTML {
        let messages: HTML =
            notices.isEmpty
            ? "" : "<li><a class=\"group\" href=\"#messages\">Messages</a></li>\n"
        let groups = tags.map { tag -> HTML in
            let links = tag.operations.map { operation -> HTML in
                let endpoint = operation.endpoint
                return """
                    <li><a href="#\(endpoint.id)"><span class="method \(methodClass(endpoint))">\
                    \(endpoint.method.rawValue)</span> \(Self.shortPath(endpoint.path))</a></li>

                    """
            }
            return """
                <li><a class="group" href="#\(groupId(tag))">\(tag.group.name)</a><ul>
                \(links)</ul></li>

                """
        }
        return """
            <nav aria-label="Reference">
            <details open><summary>Contents</summary>
            <ul>
            <li><a class="group" href="#conventions">Conventions</a></li>
            \(groups)\(messages)<li><a class="group" href="#objects">Objects</a></li>
            </ul>
            </details>
            </nav>
            """
    }

    /// The path as the narrow column can show it.
    private static func shortPath(_ path: String) -> String {
        let text = path.hasPrefix("/api/") ? path.dropFirst(4) : path[...]
        return text.split(separator: "/").map { $0.hasPrefix("{") ? "{…}" : String($0) }
            .reduce("") { $0 + "/" + $1 }
    }

    func conventions(server: String) -> HTML {
        let topics = Conventions.topics.map { topic -> HTML in
            "<h3>\(topic.name)</h3>\n<p>\(HTML(prose: topic.text))</p>\n"
        }
        let start: HTML =
            server == "/"
            ? """
            <p>In the examples, <code>$LATCHKEY</code> is the address of this server and \
            <code>$TOKEN</code> is your token.</p>

            """
            : """
            <p>The server is <code>\(server)</code>. In the examples, <code>$TOKEN</code> is \
            your token.</p>

            """
        let rows = Causes.listedOnce.map { cause -> [HTML] in
            ["<code>\(cause.code)</code>", "\("\(cause.status)")", HTML(prose: cause.detail)]
        }
        return """
            <section aria-labelledby="conventions">
            <h2 id="conventions">Conventions</h2>
            \(start)\(topics)<h3>Problems of every operation</h3>
            <p>These are not repeated below.</p>
            \(HTML.table("Common problems", ["Code", "Status", "When"], rows))</section>
            """
    }

    func group(_ tag: APIDescription.Tag) throws -> HTML {
        """
        <section aria-labelledby="\(groupId(tag))">
        <h2 id="\(groupId(tag))">\(tag.group.name)</h2>
        <p>\(HTML(prose: tag.group.meaning))</p>
        \(try tag.operations.map { try operation($0) })</section>

        """
    }

    func groupId(_ tag: APIDescription.Tag) -> String { "group-" + tag.group.name.lowercased() }

    func methodClass(_ endpoint: Endpoint) -> String { endpoint.method.rawValue.lowercased() }

    // MARK: Objects

    /// Every object that an answer or another object holds, once.
    func objects(of tags: [APIDescription.Tag], _ notices: [Notice]) throws -> HTML {
        var types: [(type: any Documented.Type, direction: Schemas.Direction)] = []
        func add(_ type: any Documented.Type, _ direction: Schemas.Direction) throws {
            guard !types.contains(where: { $0.type.schemaName == type.schemaName }) else { return }
            types.append((type, direction))
            for field in try Field.all(of: type, direction) {
                if let nested = field.shape.object { try add(nested, direction) }
            }
        }
        for outcome in tags.flatMap(\.operations).flatMap(\.outcomes) {
            switch outcome.content {
            case .one(let type), .list(let type, .plain), .list(let type, .snakeCase):
                try add(type, .answer)
            case .list(let type, .hal(_, let links)):
                try add(type, .answer)
                try add(links, .answer)
            case .nothing, .other, .problem: break
            }
        }
        for notice in notices { try add(notice.body, .answer) }
        for body in tags.flatMap(\.operations).compactMap(\.endpoint.documentation.body) {
            for field in try Field.all(of: body.type, .request) {
                if let nested = field.shape.object { try add(nested, .request) }
            }
        }
        let sections = try types.sorted { $0.type.schemaName < $1.type.schemaName }.map {
            type, direction -> HTML in
            """
            <article aria-labelledby="object-\(type.schemaName)">
            <h3 id="object-\(type.schemaName)">\(type.schemaName)</h3>
            <p>\(HTML(prose: type.meaning))</p>
            \(try members(of: type, direction, "Members of \(type.schemaName)"))</article>

            """
        }
        return """
            <section aria-labelledby="objects">
            <h2 id="objects">Objects</h2>
            <p>What the answers hold.</p>
            \(sections)</section>
            """
    }

    func members(
        of type: any Documented.Type, _ direction: Schemas.Direction, _ caption: String
    ) throws -> HTML {
        let rows = try Field.all(of: type, direction).map { field -> [HTML] in
            let note: HTML =
                switch direction {
                case .request: field.isRequired ? "<span class=\"required\">required</span>" : ""
                case .answer:
                    field.isRequired ? "" : "<span class=\"optional\">optional</span>"
                }
            return [
                "<code>\(field.name)</code> \(note)",
                "\(kind(field.shape, rule: field.rule))\(field.takesNull ? " or null" : "")",
                "\(HTML(prose: field.meaning)) \(bounds(field.rule, field.shape))",
            ]
        }
        return HTML.table(caption, ["Name", "Type", "Meaning"], rows)
    }

    // MARK: Values

    func kind(_ shape: Shape, rule: Rule) -> HTML {
        switch shape {
        case .string, .words: rule.range == nil ? "string" : "integer"
        case .boolean: "boolean"
        case .integer: "integer"
        case .timestamp: "time"
        case .freeForm: "object"
        case .array(let item): "list of \(kind(item, rule: Rule()))"
        case .object(let type): "<a href=\"#object-\(type.schemaName)\">\(type.schemaName)</a>"
        }
    }

    /// The bounds of a value in words.
    func bounds(_ rule: Rule, _ shape: Shape) -> HTML {
        var parts: [HTML] = []
        var words = rule.words
        if case .words(let own, _) = shape { words = own }
        if let words {
            parts.append("One of \(HTML.list(words.map { "<code>\($0)</code>" })).")
        }
        if let count = rule.count { parts.append("\(Self.span(count)) items.") }
        if let length = rule.length { parts.append("\(Self.span(length)) characters.") }
        if let range = rule.range { parts.append("\(Self.span(range)).") }
        if let hint = rule.hint {
            parts.append(HTML(prose: Self.sentence(hint)))
        } else if let pattern = rule.pattern {
            parts.append("Matches <code>\(pattern)</code>.")
        }
        if let fallback = rule.fallback { parts.append("Default <code>\(fallback.text)</code>.") }
        if case .each(let item)? = rule.items { parts.append("Each: \(bounds(item, .string))") }
        guard !parts.isEmpty else { return "" }
        let text = parts.map(\.text).joined(separator: " ")
        return "<span class=\"bounds\">\(HTML(stringLiteral: text))</span>"
    }

    private static func span(_ range: ClosedRange<Int>) -> String {
        range.lowerBound == 0
            ? "At most \(range.upperBound)"
            : "\(range.lowerBound)–\(range.upperBound)"
    }

    private static func sentence(_ words: String) -> String {
        words.prefix(1).uppercased() + words.dropFirst() + "."
    }
}

extension Shape {
    /// The object in it, alone or in a list.
    var object: (any Documented.Type)? {
        switch self {
        case .object(let type): type
        case .array(let item): item.object
        case .string, .boolean, .integer, .timestamp, .words, .freeForm: nil
        }
    }
}
