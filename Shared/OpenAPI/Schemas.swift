import Contract

/// Schemas of wire types, the named ones kept in the order in which they were first needed.
struct Schemas {
    /// Which way a body goes: what must stand in it depends on who writes it.
    enum Direction {
        case request
        case answer
    }

    private(set) var named: [JSONTree.Pair] = []

    /// A reference to the type's schema.
    mutating func reference(
        to type: any Documented.Type, _ direction: Direction
    ) throws -> JSONTree {
        let name = type.schemaName
        if !named.contains(where: { $0.name == name }) {
            let index = named.count
            named.append(JSONTree.Pair(name, .null))
            named[index].value = try object(type, direction)
        }
        return ["$ref": .string("#/components/schemas/\(name)")]
    }

    /// A reference to the schema of a page of them.
    mutating func list(
        of type: any Documented.Type, _ envelope: Documentation.ResponseDoc.Envelope
    ) throws -> JSONTree {
        let name = type.schemaName + "List"
        if !named.contains(where: { $0.name == name }) {
            let items = try reference(to: type, .answer)
            var links: JSONTree = .null
            if case .hal(_, let type) = envelope { links = try reference(to: type, .answer) }
            add(name, ListSchema.tree(of: items, envelope, links: links))
        }
        return ["$ref": .string("#/components/schemas/\(name)")]
    }

    mutating func add(_ name: String, _ schema: JSONTree) {
        named.append(JSONTree.Pair(name, schema))
    }

    private mutating func object(
        _ type: any Documented.Type, _ direction: Direction
    ) throws -> JSONTree {
        var properties: [JSONTree.Pair] = []
        var required: [JSONTree] = []
        for field in try Field.all(of: type, direction) {
            properties.append(JSONTree.Pair(field.name, try schema(of: field, direction)))
            if field.isRequired { required.append(.string(field.name)) }
        }
        var schema: JSONTree = [
            "type": "object", "description": .string(type.meaning),
            "properties": .object(properties),
        ]
        if !required.isEmpty { schema["required"] = .array(required) }
        if direction == .request { schema["additionalProperties"] = false }
        schema["examples"] = [try Example.object(type, direction)]
        return schema
    }

    private mutating func schema(
        of field: Field, _ direction: Direction
    ) throws -> JSONTree {
        var schema = try schema(of: field.shape, field.rule, direction)
        if field.takesNull {
            switch (schema["type"], schema["enum"]) {
            case (let type?, .array(let words)?):
                schema["type"] = [type, "null"]
                schema["enum"] = .array(words + [.null])
            case (let type?, _): schema["type"] = [type, "null"]
            default: schema = ["oneOf": [schema, ["type": "null"]]]
            }
        }
        schema["description"] = .string(field.rule.described(field.meaning))
        return schema
    }

    private mutating func schema(
        of shape: Shape, _ rule: Rule, _ direction: Direction
    ) throws -> JSONTree {
        switch shape {
        case .string, .words: return Self.schema(of: shape, rule)
        case .boolean: return rule.completing(["type": "boolean"])
        case .integer: return rule.completing(["type": "integer"])
        case .timestamp: return rule.completing(["type": "string", "format": "date-time"])
        case .object(let type): return try reference(to: type, direction)
        case .freeForm:
            return [
                "type": "object",
                "additionalProperties": [
                    "type": ["string", "boolean", "integer", "array", "null"],
                    "items": ["type": "string"],
                ],
            ]
        case .array(let item):
            var itemRule = Rule()
            if case .each(let rule)? = rule.items { itemRule = rule }
            return rule.completing([
                "type": "array", "items": try schema(of: item, itemRule, direction),
            ])
        }
    }

    /// The schema of a text, such as every parameter is.
    static func schema(of shape: Shape = .string, _ rule: Rule) -> JSONTree {
        var rule = rule
        if case .words(let words) = shape { rule.words = words }
        return rule.completing([
            "type": rule.range == nil ? .string("string") : .string("integer")
        ])
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
