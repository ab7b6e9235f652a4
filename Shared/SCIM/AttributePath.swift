/// What a path names (RFC 7644 §3.10): `userName`, `name.familyName`, `emails[type eq "work"]`,
/// `emails[type eq "work"].value`, each with or without the URN of its schema before it.
public struct AttributePath: Sendable, Equatable {
    /// The URN; nil if it is not said.
    public var schema: String?
    /// The attribute. Empty if the path is a URN alone.
    public var name: String
    /// Which of its values.
    public var filter: SCIMFilter?
    /// The sub-attribute.
    public var sub: String?

    public init(
        schema: String? = nil, _ name: String, where filter: SCIMFilter? = nil, sub: String? = nil
    ) {
        self.schema = schema
        self.name = name
        self.filter = filter
        self.sub = sub
    }

    /// In any case.
    public func isNamed(_ name: String) -> Bool { AttributeName.areSame(self.name, name) }
}

/// A filter (RFC 7644 §3.4.2.2).
public indirect enum SCIMFilter: Sendable, Equatable {
    /// How a value compares.
    public enum Operator: String, Sendable, CaseIterable {
        case eq
        case ne
        case co
        case sw
        case ew
        case gt
        case ge
        case lt
        case le
    }

    /// `title pr`
    case present(AttributePath)
    /// `userName eq "ada"`
    case compare(AttributePath, Operator, SCIMValue)
    /// `emails[type eq "work"]`
    case some(AttributePath)
    case and(SCIMFilter, SCIMFilter)
    case or(SCIMFilter, SCIMFilter)
    case not(SCIMFilter)
}

extension SCIMFilter {
    /// The filters that all have to hold.
    public var conjuncts: [SCIMFilter] {
        if case .and(let a, let b) = self { return a.conjuncts + b.conjuncts }
        return [self]
    }

    /// The paths that it compares, in no order.
    public var paths: [AttributePath] {
        switch self {
        case .present(let path), .compare(let path, _, _), .some(let path): [path]
        case .and(let a, let b), .or(let a, let b): a.paths + b.paths
        case .not(let filter): filter.paths
        }
    }
}
