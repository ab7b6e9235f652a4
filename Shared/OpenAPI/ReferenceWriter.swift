import Contract
import Kernel

/// Writes the parts of the reference's pages.
struct ReferenceWriter {
    /// What stands before paths in examples.
    let server: String
    /// The way from the page to the root.
    let root: String

    let required = Content.note("required", " required")
    let optional = Content.note("optional", " optional")

    func link(_ text: Content, to place: Place) -> Content {
        .link(text, to: place, from: root)
    }

    /// Where a scope is explained on the page of scopes.
    static func scopeId(_ scope: String) -> String { "scope-" + scope.replacing(":", with: "-") }

    // MARK: What all operations have in common

    func conventions(_ server: String) -> Content {
        let start: Content =
            server == "/"
            ? """
            In the examples, `$LATCHKEY` is the address of this server and `$TOKEN` is your token.
            """
            : "The server is \(Content.code(server)). In the examples, `$TOKEN` is your token."
        let topics = Conventions.topics.map { topic in
            .heading(2, Content(prose: topic.name), id: topic.id)
                + Content.paragraph(Content(prose: topic.text))
        }
        let problems: Content =
            .heading(2, "Problems of every operation", id: "common-problems")
            + .paragraph("These are not repeated with each operation.")
            + .table(
                "Common problems", ["Code", "Status", "When"], Causes.listedOnce.map(problem))
        return .paragraph(start) + Content(topics) + problems
    }

    func versioning() -> Content {
        Content(
            Versioning.topics.map { topic in
                .heading(2, Content(prose: topic.name), id: topic.id)
                    + Content(topic.paragraphs.map { .paragraph(Content(prose: $0)) })
                    + (topic.points.isEmpty
                        ? "" : .bullets(topic.points.map { Content(prose: $0) }))
            })
    }

    // MARK: Operations

    func group(_ tag: APIDescription.Tag) throws -> Content {
        .paragraph(Content(prose: tag.group.meaning))
            + Content(try tag.operations.map { try operation($0) })
    }

    // MARK: Objects

    /// Every object that an answer or another object holds, once.
    static func objects(
        of tags: [APIDescription.Tag], _ notices: [Notice]
    ) throws -> [(type: any Documented.Type, direction: Schemas.Direction)] {
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
        return types.sorted { $0.type.schemaName < $1.type.schemaName }
    }

    func object(_ type: any Documented.Type, _ direction: Schemas.Direction) throws -> Content {
        let name = type.schemaName
        return .article(
            name,
            try .heading(2, Content(prose: name), id: name)
                + .paragraph(Content(prose: type.meaning))
                + members(of: type, direction, "Members of \(name)"))
    }

    func members(
        of type: any Documented.Type, _ direction: Schemas.Direction, _ caption: String
    ) throws -> Content {
        let rows = try Field.all(of: type, direction).map { field -> [Content] in
            let note: Content =
                switch direction {
                case .request: field.isRequired ? required : ""
                case .answer: field.isRequired ? "" : optional
                }
            return [
                .code(field.name) + note,
                kind(field.shape, rule: field.rule) + (field.takesNull ? " or null" : ""),
                "\(field.meaning) \(bounds(field.rule, field.shape))",
            ]
        }
        return .table(caption, ["Name", "Type", "Meaning"], rows)
    }

    // MARK: Values

    func kind(_ shape: Shape, rule: Rule) -> Content {
        switch shape {
        case .string, .words: rule.range == nil ? "string" : "integer"
        case .boolean: "boolean"
        case .integer: "integer"
        case .timestamp: "time"
        case .freeForm: "object"
        case .anything: "any value"
        case .array(let item): "list of \(kind(item, rule: Rule()))"
        case .object(let type):
            link(Content(prose: type.schemaName), to: .page("objects", type.schemaName))
        }
    }

    /// The bounds of a value in words.
    func bounds(_ rule: Rule, _ shape: Shape) -> Content {
        var parts: [Content] = []
        var words = rule.words
        if case .words(let own, _) = shape { words = own }
        if let words { parts.append("One of \(Content.list(words.map(Content.code))).") }
        if let count = rule.count { parts.append("\(Self.span(count)) items.") }
        if let length = rule.length { parts.append("\(Self.span(length)) characters.") }
        if let range = rule.range { parts.append("\(Self.span(range)).") }
        if let hint = rule.hint {
            parts.append(Content(prose: Self.sentence(hint)))
        } else if let pattern = rule.pattern {
            parts.append("Matches \(Content.code(pattern)).")
        }
        if let fallback = rule.fallback {
            parts.append("Default \(Content.code(fallback.text)).")
        }
        if case .each(let item)? = rule.items { parts.append("Each: \(bounds(item, .string))") }
        guard let first = parts.first else { return "" }
        return .note("bounds", parts.dropFirst().reduce(first) { "\($0) \($1)" })
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
        case .string, .boolean, .integer, .timestamp, .words, .freeForm, .anything: nil
        }
    }
}
