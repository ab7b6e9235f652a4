import Kernel

/// What the JSON of a request's body looks like, made once from its declared type: the names, kinds
/// and presence of members as the type itself reads them, and the rules that are declared for them.
package final class BodySchema: Sendable {
    /// The kind of a value.
    package indirect enum Kind: Sendable {
        case string
        case boolean
        case integer
        case timestamp
        /// One of these texts.
        case words([String])
        case array(Kind, Rule)
        case object(BodySchema)
        /// An object whose members are not known beforehand.
        case free
    }

    /// A member that a request can have.
    package struct Member: Sendable {
        /// As in JSON.
        package let name: String
        package let kind: Kind
        package let rule: Rule
        /// It must be there, and not be null.
        package let isRequired: Bool
    }

    /// At most 64.
    package let members: [Member]
    /// Members that the resource has and a request can't write. They are accepted, so that what was
    /// read can be sent back.
    package let readOnly: Set<String>

    /// - Parameter resources: what responses to the request show.
    /// - Throws: `UnknownShape` for a type that no schema can be made of.
    package init(
        of type: any Documented.Type, shownAs resources: [any Documented.Type] = []
    ) throws {
        let rules = type.members
        members = try Recorder.properties(of: type).map { property in
            let rule = rules.first { $0.name == property.name }?.rule ?? Rule()
            return Member(
                name: property.name, kind: try Self.kind(property.shape, rule), rule: rule,
                isRequired: property.presence == .always)
        }
        guard members.count <= 64 else {
            throw UnknownShape(description: "\(type) has more than 64 members")
        }
        let shown = try resources.flatMap { try Recorder.properties(of: $0).map(\.name) }
        readOnly = Set(shown).subtracting(members.map(\.name))
    }

    private static func kind(_ shape: Shape, _ rule: Rule) throws -> Kind {
        switch shape {
        case .string: return rule.words.map { .words($0) } ?? .string
        case .boolean: return .boolean
        case .integer: return .integer
        case .timestamp: return .timestamp
        case .words(let words, _): return .words(words)
        case .freeForm, .anything: return .free
        case .object(let type): return .object(try BodySchema(of: type))
        case .array(let item):
            var itemRule = Rule()
            if case .each(let rule)? = rule.items { itemRule = rule }
            return .array(try kind(item, itemRule), itemRule)
        }
    }
}

extension BodySchema.Kind {
    /// What a value must be.
    package var demand: String {
        switch self {
        case .string: "must be a string"
        case .boolean: "must be true or false"
        case .integer: "must be a whole number"
        case .timestamp: Timestamp.rule
        case .words(let words): Text.rule(among: words)
        case .array: "must be an array"
        case .object, .free: "must be an object"
        }
    }
}

extension Endpoint {
    /// Whether what it does not declare is refused: on pages and between our services it is
    /// ignored.
    package var isStrict: Bool { access != .service && path.hasPrefix("/api/") }

    /// The schema of the request's body; nil if it takes none.
    /// - Throws: `UnknownShape`.
    package func bodySchema() throws -> BodySchema? {
        guard let body = documentation.body else { return nil }
        let resources = documentation.answers.compactMap { answer -> (any Documented.Type)? in
            if case .one(let type) = answer.content { type } else { nil }
        }
        return try BodySchema(of: body.type, shownAs: resources)
    }

    /// Names of the query's parameters, those of a list included.
    package var queryNames: [String] {
        documentation.query.map(\.name)
            + documentation.answers.flatMap { answer -> [String] in
                if case .list(_, let envelope) = answer.content {
                    ["page", envelope.sizeName]
                } else {
                    []
                }
            }
    }
}

extension Documentation.ResponseDoc.Envelope {
    /// What the number of items on a page is called.
    package var sizeName: String {
        switch self {
        case .plain, .hal: "pageSize"
        case .snakeCase: "page_size"
        }
    }
}
