import Kernel

/// What the audit and events show of a kind of thing, declared once: the members of its snapshots.
public protocol AuditedState: Sendable {
    /// Its name among the schemas ends with `State`.
    static var name: String { get }
    /// What it is, in one sentence.
    static var meaning: String { get }
    static var members: [StateMember] { get }
}

extension AuditedState {
    /// The type's own name.
    public static var name: String { "\(Self.self)" }

    /// Whether a snapshot has these members and no others.
    static func describes(_ snapshot: AuditSnapshot) -> Bool {
        let known = members
        return snapshot.members.allSatisfy { name, value in
            known.contains { $0.name == name && $0.takes(value) }
        } && known.allSatisfy { $0.presence == .optional || snapshot.members[$0.name] != nil }
    }
}

/// A member of a snapshot.
public struct StateMember: Sendable {
    /// The kind of its values.
    public enum Kind: Sendable {
        case text
        /// A text that is shortened if it is long (`AuditValue.LongText`): events have the
        /// beginning.
        case longText
        case flag
        case number
        case list
    }

    /// When it is there.
    public enum Presence: Sendable {
        case always
        /// Always there, if only as `null`.
        case orNull
        /// Missing where it makes no sense.
        case optional
    }

    /// As the audit writes it, in camelCase.
    public let name: String
    let meaning: String
    let kind: Kind
    let presence: Presence
    let rule: Rule
    let example: JSONTree?

    /// - Parameters:
    ///   - rule: of its values, for the documentation.
    ///   - example: a value that it could have.
    public init(
        _ name: String, _ meaning: String, _ rule: Rule = .plain, _ kind: Kind = .text,
        _ presence: Presence = .always, example: JSONTree? = nil
    ) {
        self.name = name
        self.meaning = meaning
        self.kind = kind
        self.presence = presence
        self.rule = rule
        self.example = example ?? rule.example
    }

    /// `externalId` of a thing.
    public static func externalId(of thing: String) -> StateMember {
        StateMember(
            "externalId", "The platform's own id of the \(thing).", .plain, .text, .orNull,
            example: .null)
    }

    func takes(_ value: AuditValue) -> Bool {
        switch (kind, value) {
        case (_, .null): presence == .orNull
        case (.text, .text), (.longText, .text), (.longText, .longText), (.flag, .bool),
            (.number, .number), (.list, .list):
            true
        default: false
        }
    }
}

/// A snapshot as events show it: in snake_case, and read as its state declares it.
public struct StateBody<State: AuditedState>: Documented, Equatable {
    /// By name.
    public let values: [String: AuditValue]

    /// The state's name.
    public static var schemaName: String { State.name }
    /// The state's meaning.
    public static var meaning: String { State.meaning }
    public static var members: [Member] {
        State.members.map {
            Member($0.name.snakeCased, $0.meaning, $0.rule, example: $0.example)
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: MemberKey.self)
        values = try State.members.reduce(into: [:]) { values, member in
            let name = member.name.snakeCased
            values[name] = try Self.value(of: member, MemberKey(name), in: container)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: MemberKey.self)
        for (name, value) in values { try container.encode(value, forKey: MemberKey(name)) }
    }

    private static func value(
        of member: StateMember, _ key: MemberKey, in container: KeyedDecodingContainer<MemberKey>
    ) throws -> AuditValue? {
        func value<T: Codable & Sendable>(
            _ type: T.Type, _ make: (T) -> AuditValue
        ) throws -> AuditValue? {
            switch member.presence {
            case .always: make(try container.decode(type, forKey: key))
            case .orNull:
                try container.decode(OrNull<T>.self, forKey: key).wrappedValue.map(make) ?? .null
            case .optional: try container.decodeIfPresent(type, forKey: key).map(make)
            }
        }
        switch member.kind {
        case .text, .longText: return try value(String.self) { .text($0 as String) }
        case .flag: return try value(Bool.self) { .bool($0) }
        case .number: return try value(Int.self) { .number($0) }
        case .list: return try value([String].self) { .list($0) }
        }
    }

    private struct MemberKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }
}

extension AuditSnapshot {
    /// As events show it: a text is always a text.
    public var snakeCased: AuditSnapshot {
        AuditSnapshot(
            Dictionary(uniqueKeysWithValues: members.map { ($0.snakeCased, $1.shown) }))
    }
}

extension AuditValue {
    /// A shortened text ends with an ellipsis.
    fileprivate var shown: AuditValue {
        if case .longText(let text) = self { .text(text.prefix + "…") } else { self }
    }
}

extension String {
    /// `userId` as `user_id`.
    fileprivate var snakeCased: String {
        var text = ""
        for character in self {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }
}
