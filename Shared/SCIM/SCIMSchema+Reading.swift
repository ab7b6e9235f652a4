import Kernel

extension SCIMSchema {
    /// A resource that a client has sent, under the names of the schema, without what it doesn't
    /// have and what clients can't set.
    /// - Throws: `invalidValue` for values of the wrong kind, and missing ones.
    public func read(_ value: SCIMValue) throws(Fault) -> SCIMObject {
        guard let object = value.object else {
            throw .scim(.invalidSyntax, "The resource must be an object.")
        }
        let own = object[id]?.object
        var read = SCIMObject()
        for attribute in all where attribute.mutability != .readOnly {
            // A schema's attributes can stand under its URN, as those of extensions do.
            guard let given = object[attribute.name] ?? own?[attribute.name],
                let value = try attribute.read(given)
            else { continue }
            read[attribute.name] = value
        }
        return read
    }
}

extension SCIMAttribute {
    /// A value for it as it is stored; nil if that stands for no value.
    /// - Parameter parent: the attribute that it is part of.
    /// - Throws: `invalidValue`.
    func read(_ value: SCIMValue, in parent: String = "") throws(Fault) -> SCIMValue? {
        guard !value.isUnassigned else { return nil }
        let place = parent + name
        guard isMultiValued else { return try readOne(value, place) }
        var items: [SCIMValue] = []
        // Some providers send a single value by itself.
        for item in value.items ?? [value] {
            if let item = try readOne(item, place) { items.append(item) }
        }
        guard items.count(where: { $0["primary"]?.bool == true }) <= 1 else {
            throw .scim(.invalidValue, "Only one of \(place) can be primary.")
        }
        return items.isEmpty ? nil : .array(items)
    }

    /// One value, of those of a multi-valued attribute.
    func readOne(_ value: SCIMValue, _ place: String) throws(Fault) -> SCIMValue? {
        guard !value.isUnassigned else { return nil }
        switch (kind, value) {
        case (.boolean, .bool), (.integer, .integer): return value
        case (.boolean, .string(let text)):
            // Entra sends "True" and "False".
            if AttributeName.areSame(text, "true") { return true }
            if AttributeName.areSame(text, "false") { return false }
            throw .scim(.invalidValue, "\(place) must be true or false.")
        case (.string, .string), (.reference, .string), (.dateTime, .string): return value
        case (.complex, .object(let object)):
            var read = SCIMObject()
            for attribute in subAttributes where attribute.mutability != .readOnly {
                guard let given = object[attribute.name],
                    let value = try attribute.read(given, in: place + ".")
                else { continue }
                read[attribute.name] = value
            }
            return read.members.isEmpty ? nil : .object(read)
        case (.complex, .string) where isMultiValued && subAttributes.named("value") != nil:
            return .object(SCIMObject([("value", value)]))
        default: throw .scim(.invalidValue, "\(place) must be \(noun).")
        }
    }

    private var noun: String {
        switch kind {
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .complex: "an object"
        case .dateTime: "a time"
        case .string, .reference: "a text"
        }
    }
}
