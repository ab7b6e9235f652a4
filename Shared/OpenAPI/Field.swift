import Contract

/// A member of a body: what the type shows of it and what is declared beside the type, together.
struct Field {
    let name: String
    let meaning: String
    let shape: Shape
    let rule: Rule
    let isRequired: Bool
    let takesNull: Bool
    let example: JSONTree?

    /// - Throws: `UnknownShape` for members that are not described.
    static func all(
        of type: any Documented.Type, _ direction: Schemas.Direction
    ) throws -> [Field] {
        let members = type.members
        return try Recorder.properties(of: type).map { property in
            guard let member = members.first(where: { $0.name == property.name }) else {
                throw UnknownShape(description: "\(type).\(property.name) is not described")
            }
            return Field(property, member, direction)
        }
    }

    private init(_ property: Property, _ member: Member, _ direction: Schemas.Direction) {
        name = property.name
        meaning = member.meaning
        shape = property.shape
        rule = member.rule
        example = member.example
        switch (direction, property.presence) {
        case (_, .always): (isRequired, takesNull) = (true, false)
        case (.answer, .orNull): (isRequired, takesNull) = (true, true)
        case (.answer, .optional): (isRequired, takesNull) = (false, false)
        // `null` counts as missing: it is not shown, as generators would offer both.
        case (.request, .orNull), (.request, .optional): (isRequired, takesNull) = (false, false)
        case (_, .patch): (isRequired, takesNull) = (false, member.rule.isClearable)
        }
    }
}

/// Values as the documents show them.
enum Example {
    static func object(
        _ type: any Documented.Type, _ direction: Schemas.Direction
    ) throws -> JSONTree {
        .object(
            try Field.all(of: type, direction).compactMap { field in
                try value(of: field, direction).map { JSONTree.Pair(field.name, $0) }
            })
    }

    private static func value(
        of field: Field, _ direction: Schemas.Direction
    ) throws -> JSONTree? {
        if let example = field.example { return example }
        return try value(of: field.shape, direction, isRequired: field.isRequired)
    }

    private static func value(
        of shape: Shape, _ direction: Schemas.Direction, isRequired: Bool
    ) throws -> JSONTree? {
        switch shape {
        case .object(let type): return try object(type, direction)
        case .words(let words, _): return words.first.map { .string($0) }
        case .timestamp: return isRequired ? "2026-01-15T09:00:00.000Z" : nil
        case .array(let item):
            return try value(of: item, direction, isRequired: true).map { .array([$0]) }
        // What is required and has no example of its own is found by a test.
        case .string, .boolean, .integer, .freeForm, .anything: return isRequired ? .null : nil
        }
    }
}
