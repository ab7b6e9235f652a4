import Kernel

extension SCIMFilter {
    /// Whether a resource, as the server shows it, meets the filter.
    public func matches(_ resource: SCIMObject, _ schema: SCIMSchema) throws(Fault) -> Bool {
        switch self {
        case .and(let a, let b):
            guard try a.matches(resource, schema) else { return false }
            return try b.matches(resource, schema)
        case .or(let a, let b):
            guard try !a.matches(resource, schema) else { return true }
            return try b.matches(resource, schema)
        case .not(let filter): return try !filter.matches(resource, schema)
        case .present(let path), .compare(let path, _, _), .some(let path):
            // An extension's attributes are none of ours: undefined ones match nothing.
            if let urn = path.schema, !AttributeName.areSame(urn, schema.id) { return false }
            return try matches(resource, schema.all)
        }
    }

    /// Whether the values of some attributes meet the filter.
    func matches(_ object: SCIMObject, _ attributes: [SCIMAttribute]) throws(Fault) -> Bool {
        switch self {
        case .and(let a, let b):
            guard try a.matches(object, attributes) else { return false }
            return try b.matches(object, attributes)
        case .or(let a, let b):
            guard try !a.matches(object, attributes) else { return true }
            return try b.matches(object, attributes)
        case .not(let filter): return try !filter.matches(object, attributes)
        case .present(let path):
            return try path.values(of: object, attributes)?.values.isEmpty == false
        case .some(let path): return try !path.elements(of: object, attributes).isEmpty
        case .compare(let path, let comparison, let literal):
            guard let found = try path.values(of: object, attributes, comparing: true) else {
                return false
            }
            guard !found.values.isEmpty else {
                // null stands for no value (RFC 7643 §2.5).
                return literal == .null && comparison == .eq
                    || literal != .null && comparison == .ne
            }
            var matches = false
            for value in found.values where !matches {
                matches = try comparison.holds(value, literal, found.attribute)
            }
            return matches
        }
    }
}

extension AttributePath {
    /// The values that it names, with the attribute that they are of.
    /// - Parameter isCompared: whether a complex attribute stands for its `value`.
    /// - Returns: nil if there is no such attribute.
    func values(
        of object: SCIMObject, _ attributes: [SCIMAttribute], comparing isCompared: Bool = false
    ) throws(Fault) -> (values: [SCIMValue], attribute: SCIMAttribute)? {
        guard let attribute = attributes.named(name) else { return nil }
        let elements = try elements(of: object, attributes)
        guard attribute.kind == .complex, sub != nil || isCompared else {
            return sub == nil ? (elements, attribute) : nil
        }
        guard let part = attribute.subAttributes.named(sub ?? "value") else { return nil }
        return (elements.compactMap { $0[part.name] }, part)
    }

    /// The values of the attribute that meet the path's filter.
    func elements(
        of object: SCIMObject, _ attributes: [SCIMAttribute]
    ) throws(Fault) -> [SCIMValue] {
        guard let attribute = attributes.named(name), let value = object[name],
            !value.isUnassigned
        else { return [] }
        let items = attribute.isMultiValued ? value.items ?? [] : [value]
        guard let filter else { return items }
        var met: [SCIMValue] = []
        for item in items where try attribute.isMet(filter, by: item) { met.append(item) }
        return met
    }
}

extension SCIMAttribute {
    /// Whether one of its values meets a filter.
    func isMet(_ filter: SCIMFilter, by item: SCIMValue) throws(Fault) -> Bool {
        // A simple value is compared as if it were the attribute `value`.
        let object = item.object ?? SCIMObject([("value", item)])
        let parts =
            kind == .complex
            ? subAttributes : [with { $0.isMultiValued = false }.named("value")]
        return try filter.matches(object, parts)
    }

    private func named(_ name: String) -> SCIMAttribute {
        var renamed = SCIMAttribute(name, kind, description)
        renamed.isCaseExact = isCaseExact
        return renamed
    }
}

extension SCIMFilter.Operator {
    /// Whether a value compares so with what the filter has.
    /// - Throws: `invalidFilter` for what has no order.
    func holds(
        _ value: SCIMValue, _ literal: SCIMValue, _ attribute: SCIMAttribute
    ) throws(Fault) -> Bool {
        if literal == .null { return self == .ne }
        switch (value, literal) {
        case (.bool(let value), .bool(let other)): return try holds(value, other, attribute)
        case (.bool(let value), .string(let text)):
            // Some providers quote truth values.
            let words = ["true": true, "false": false]
            guard let other = words[text.lowercased()] else { return self == .ne }
            return try holds(value, other, attribute)
        case (.string(let text), .string(let other)) where attribute.kind == .dateTime:
            guard let time = Timestamp(rfc3339: text), let limit = Timestamp(rfc3339: other)
            else { return holds(text, other) }
            return compares(time, limit) ?? holds(text, other)
        case (.string(let text), .string(let other)):
            guard !attribute.isCaseExact else { return holds(text, other) }
            return holds(Text.folded(text), Text.folded(other))
        case (.integer(let number), .integer(let other)):
            return compares(number, other) ?? false
        default: return self == .ne
        }
    }

    private func holds(
        _ value: Bool, _ other: Bool, _ attribute: SCIMAttribute
    ) throws(Fault) -> Bool {
        switch self {
        case .eq: return value == other
        case .ne: return value != other
        default:
            throw .scim(.invalidFilter, "\(attribute.name) has no order and no parts.")
        }
    }

    private func holds(_ text: String, _ other: String) -> Bool {
        let (bytes, others) = (Array(text.utf8), Array(other.utf8))
        switch self {
        case .co: return others.isEmpty || bytes.contains(sequence: others)
        case .sw: return bytes.starts(with: others)
        case .ew: return bytes.reversed().starts(with: others.reversed())
        case .eq: return bytes == others
        case .ne: return bytes != others
        case .gt: return others.lexicographicallyPrecedes(bytes)
        case .ge: return !bytes.lexicographicallyPrecedes(others)
        case .lt: return bytes.lexicographicallyPrecedes(others)
        case .le: return !others.lexicographicallyPrecedes(bytes)
        }
    }

    /// nil for what only texts have.
    private func compares<T: Comparable>(_ value: T, _ other: T) -> Bool? {
        switch self {
        case .eq: value == other
        case .ne: value != other
        case .gt: value > other
        case .ge: value >= other
        case .lt: value < other
        case .le: value <= other
        case .co, .sw, .ew: nil
        }
    }
}

extension [UInt8] {
    fileprivate func contains(sequence other: [UInt8]) -> Bool {
        guard other.count <= count else { return false }
        return (0...(count - other.count)).contains { start in
            self[start] == other[0] && self[start...].starts(with: other)
        }
    }
}
