import Contract

/// Schemas of wire types, the named ones kept in the order in which they were first needed.
struct Schemas {
    /// Which way a body goes: what must stand in it depends on who writes it.
    enum Direction {
        case request
        case answer
    }

    private(set) var named: [JSONTree.Pair] = []
    /// What each name stands for.
    private var meanings: [String: String] = [:]
    /// Whether requests can have members that are not declared.
    var isOpen = false

    /// A reference to the type's schema.
    /// - Parameter isBody: a whole body rather than a part of one: has an example.
    mutating func reference(
        to type: any Documented.Type, _ direction: Direction, isBody: Bool = false
    ) throws -> JSONTree {
        let name = type.schemaName
        try claim(name, for: String(reflecting: type))
        let known = named.firstIndex { $0.name == name }
        let index = known ?? named.count
        if known == nil {
            named.append(JSONTree.Pair(name, .null))
            named[index].value = try object(type, direction)
        }
        if isBody, named[index].value["examples"] == nil {
            named[index].value["examples"] = [try Example.object(type, direction)]
        }
        return Self.reference(to: name)
    }

    private static func reference(to name: String) -> JSONTree {
        ["$ref": .string("#/components/schemas/\(name)")]
    }

    /// A reference to the schema of a page of them.
    mutating func list(
        of type: any Documented.Type, _ envelope: Documentation.ResponseDoc.Envelope
    ) throws -> JSONTree {
        let name = type.schemaName + "List"
        if !named.contains(where: { $0.name == name }) {
            let items = try reference(to: type, .answer, isBody: true)
            var (links, embedded): (JSONTree, JSONTree) = (.null, .null)
            if case .hal(let relation, let linksType) = envelope {
                links = try reference(to: linksType, .answer)
                embedded = Self.reference(to: name + "Items")
                add(name + "Items", ListSchema.embedded(items, as: relation))
            }
            add(name, ListSchema.tree(of: items, envelope, links: links, embedded: embedded))
        }
        return Self.reference(to: name)
    }

    /// - Throws: `UnknownShape` if something else has the name.
    private mutating func claim(_ name: String, for meaning: String) throws {
        let other = meanings.updateValue(meaning, forKey: name)
        guard other == nil || other == meaning else {
            throw UnknownShape(description: "\(meaning) and \(other ?? "") are both \(name)")
        }
    }

    mutating func add(_ name: String, _ schema: JSONTree) {
        named.append(JSONTree.Pair(name, schema))
    }

    private mutating func object(
        _ type: any Documented.Type, _ direction: Direction
    ) throws -> JSONTree {
        var properties: [JSONTree.Pair] = []
        var required: [JSONTree] = []
        let base = (type as? any Extending.Type)?.base
        let inherited = base?.members.map(\.name) ?? []
        for field in try Field.all(of: type, direction) where !inherited.contains(field.name) {
            properties.append(JSONTree.Pair(field.name, try schema(of: field, direction)))
            if field.isRequired { required.append(.string(field.name)) }
        }
        var schema: JSONTree = [
            "type": "object", "description": .string(type.meaning),
            "properties": .object(properties),
        ]
        if !required.isEmpty { schema["required"] = .array(required) }
        if let base { schema["allOf"] = [try reference(to: base, direction)] }
        if direction == .request, !isOpen { schema["additionalProperties"] = false }
        return schema
    }

    private mutating func schema(
        of field: Field, _ direction: Direction
    ) throws -> JSONTree {
        var schema = try schema(of: field.shape, field.rule, direction)
        if field.takesNull {
            if let type = schema["type"] {
                schema["type"] = [type, "null"]
            } else {
                schema = ["oneOf": [schema, ["type": "null"]]]
            }
        }
        schema["description"] = .string(field.rule.described(field.meaning))
        return schema
    }

    private mutating func schema(
        of shape: Shape, _ rule: Rule, _ direction: Direction
    ) throws -> JSONTree {
        switch shape {
        case .string: return text(rule)
        case .words(let words, let name):
            var rule = rule
            if rule.words == nil || rule.words == words {
                (rule.words, rule.wordsName) = (words, name)
            }
            return text(rule)
        case .boolean: return rule.completing(["type": "boolean"])
        case .integer: return rule.completing(["type": "integer"])
        case .timestamp: return rule.completing(["type": "string", "format": "date-time"])
        case .object(let type): return try reference(to: type, direction)
        case .freeForm(let name):
            if !named.contains(where: { $0.name == name }) { add(name, Self.freeForm) }
            return Self.reference(to: name)
        case .anything(let name):
            if !named.contains(where: { $0.name == name }) {
                add(name, ["description": "Any JSON value."])
            }
            return Self.reference(to: name)
        case .array(let item):
            var itemRule = Rule()
            if case .each(let rule)? = rule.items { itemRule = rule }
            return rule.completing([
                "type": "array", "items": try schema(of: item, itemRule, direction),
            ])
        }
    }

    private static let freeForm: JSONTree = [
        "type": "object", "description": "Members whose names are not known beforehand.",
        "additionalProperties": true,
    ]

    /// The schema of a text, such as every parameter is: a reference, if it is one of words that
    /// have a schema of their own.
    mutating func text(_ rule: Rule) -> JSONTree {
        guard let words = rule.words, let name = rule.wordsName else {
            guard let name = rule.textName else { return Self.schema(rule) }
            if !named.contains(where: { $0.name == name }) { add(name, Self.schema(rule)) }
            return Self.reference(to: name)
        }
        if !named.contains(where: { $0.name == name }) {
            var schema: JSONTree = [
                "type": "string", "enum": .array(words.map { .string($0) }),
            ]
            if words.contains("*") {
                schema["x-enum-varnames"] = .array(words.map { .string(Self.constant($0)) })
            }
            add(name, schema)
        }
        var schema = Self.reference(to: name)
        schema["default"] = rule.fallback
        return schema
    }

    /// A word as the name of a constant.
    private static func constant(_ word: String) -> String {
        let word = word.replacing("*", with: "ALL")
        var name = ""
        for character in word {
            if character.isUppercase, name.last?.isLowercase == true { name += "_" }
            name.append(character.isLetter || character.isNumber ? character : "_")
        }
        return name.uppercased()
    }

    /// The schema of a text or number without words of its own.
    static func schema(_ rule: Rule) -> JSONTree {
        rule.completing(["type": rule.range == nil ? .string("string") : .string("integer")])
    }
}

extension Rule {
    /// `meaning`, with what the schema says to programs alone.
    func described(_ meaning: String) -> String {
        guard isBoundByPattern, let length, let hint else { return meaning }
        return "\(meaning) \(length.lowerBound)–\(length.upperBound) characters, \(hint)."
    }

    /// `schema` with the bounds of this rule.
    func completing(_ schema: JSONTree) -> JSONTree {
        var schema = schema
        schema["format"] = format.map { .string($0) } ?? schema["format"]
        schema["enum"] = words.map { .array($0.map { .string($0) }) }
        schema["pattern"] = pattern.map { .string($0) }
        if let length, !isBoundByPattern {
            schema["minLength"] = length.lowerBound > 0 ? .number(length.lowerBound) : nil
            schema["maxLength"] = .number(length.upperBound)
        }
        if let range {
            schema["minimum"] = .number(range.lowerBound)
            schema["maximum"] = .number(range.upperBound)
        }
        if let count {
            schema["minItems"] = count.lowerBound > 0 ? .number(count.lowerBound) : nil
            schema["maxItems"] = .number(count.upperBound)
        }
        schema["default"] = fallback
        return schema
    }
}
