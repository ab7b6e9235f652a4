import Kernel

/// What a value of a request names, where `ext:` and an external id can stand in place of our own
/// name. Declared with the value's rule (`Rule.naming`); for the parameters of paths it follows
/// from their names (`PathID`).
public enum Named: String, Sendable, CaseIterable {
    /// A user by id.
    case user
    /// A user by username.
    case username
    /// `user:` and a username, or `team:` and the id of a team.
    case principal
    case entity
    case organization
    case integration
    case team
    case workspace

    /// The kind whose external ids are meant: a user's by whatever name.
    public var isUser: Bool { self == .user || self == .username || self == .principal }
}

extension Rule {
    /// A name of ours, as this rule describes it, or `ext:` and an external id.
    public func naming(_ named: Named) -> Rule {
        var rule = self
        rule.names = named
        let external = ExternalID.prefix + Self.externalId.unanchored
        let own = format == "uuid" ? Self.uuidPattern : unanchored
        guard !own.isEmpty else { return rule }
        rule.pattern =
            named == .principal
            ? "^(\(own)|(user|team):\(external))$" : "^(\(own)|\(external))$"
        rule.format = nil
        rule.length = nil
        rule.textName = nil
        rule.hint = (hint.map { $0 + ", or " } ?? "or ") + "`ext:` and an external id"
        return rule
    }

    /// The pattern without its anchors.
    private var unanchored: String {
        guard let pattern, pattern.hasPrefix("^"), pattern.hasSuffix("$") else { return "" }
        return String(pattern.dropFirst().dropLast())
    }

    private static let uuidPattern =
        "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
}

extension Member {
    /// The external id that a response shows.
    /// - Parameter thing: what has it, as in "entity".
    public static func externalId(of thing: String, example: JSONTree = .null) -> Member {
        Member(
            "externalId", "The platform's own id of the \(thing); `null` if there is none.",
            example: example)
    }

    /// The external id that a request gives.
    public static func newExternalId(of thing: String, isClearable: Bool = false) -> Member {
        let clearing = isClearable ? " `null` clears it." : ""
        return Member(
            "externalId",
            "The platform's own id, by which requests can name the \(thing): `ext:` and this. "
                + "Unique; only a platform admin's token can set it.\(clearing)",
            isClearable ? .externalId.clearable : .externalId, example: .string("\(thing)-4711"))
    }
}

extension Endpoint {
    /// Whatever its path, query or body names.
    /// - Throws: `UnknownShape`.
    package func named() throws -> Set<Named> {
        let path = PathID.all(in: path).compactMap { $0?.names }
        let query = documentation.query.compactMap(\.rule.names)
        return Set(path + query).union(try bodySchema()?.named ?? [])
    }
}

extension BodySchema {
    /// Whatever its members name, inner ones included.
    package var named: Set<Named> {
        members.reduce(into: []) { $0.formUnion(Self.named(by: $1.kind, $1.rule)) }
    }

    private static func named(by kind: Kind, _ rule: Rule) -> Set<Named> {
        switch kind {
        case .object(let schema): schema.named
        case .array(let kind, let rule): named(by: kind, rule)
        default: Set([rule.names].compactMap(\.self))
        }
    }
}
