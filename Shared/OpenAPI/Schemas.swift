import Contract

/// Schemas of wire types, the named ones kept in the order in which they were first needed.
struct Schemas {
    /// Which way a body goes: what must stand in it depends on who writes it.
    enum Direction {
        case request
        case answer
    }

    private(set) var named: [JSONTree.Pair] = []
    /// Whether requests can have members that are not declared.
    var isOpen = false

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
        if direction == .request, !isOpen { schema["additionalProperties"] = false }
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

    /// The schema of a text, such as every parameter is: a reference, if it is one of words that
    /// have a schema of their own.
    mutating func text(_ rule: Rule) -> JSONTree {
        guard let words = rule.words, let name = rule.wordsName else { return Self.schema(rule) }
        if !named.contains(where: { $0.name == name }) {
            var schema: JSONTree = [
                "type": "string", "enum": .array(words.map { .string($0) }),
            ]
            if words.contains("*") {
                schema["x-enum-varnames"] = .array(words.map { .string(Self.constant($0)) })
            }
            add(name, schema)
        }
        var schema: JSONTree = ["$ref": .string("#/components/schemas/\(name)")]
        schema["default"] = rule.fallback
        return schema
    }

    /// A word as the name of a constant.
    private static func constant(_ word: String) -> String {
        guard word != "*" else { return "ALL" }
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
