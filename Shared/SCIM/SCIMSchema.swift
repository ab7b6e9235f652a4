import Kernel

/// An attribute of a resource (RFC 7643 §7).
public struct SCIMAttribute: Sendable {
    /// The kind of a value.
    public enum Kind: String, Sendable {
        case string
        case boolean
        case integer
        case dateTime
        case reference
        case complex
    }

    /// Who can change it.
    public enum Mutability: String, Sendable {
        case readOnly
        case readWrite
        case immutable
    }

    /// When a response has it.
    public enum Returned: String, Sendable {
        case always
        case `default`
    }

    /// Whether two resources can have the same.
    public enum Uniqueness: String, Sendable {
        case none
        case server
    }

    /// As in JSON.
    public let name: String
    /// The kind of its values.
    public let kind: Kind
    /// In one sentence, for people.
    public let description: String
    /// Whether it is a list.
    public var isMultiValued = false
    /// Whether every resource has it.
    public var isRequired = false
    /// Whether case counts.
    public var isCaseExact = false
    /// Who can change it.
    public var mutability = Mutability.readWrite
    /// When a response has it.
    public var returned = Returned.default
    /// Whether two resources can have the same.
    public var uniqueness = Uniqueness.none
    /// Values that are usual.
    public var canonicalValues: [String] = []
    /// The kinds of resources that it leads to.
    public var referenceTypes: [String] = []
    /// The parts of a complex one.
    public var subAttributes: [SCIMAttribute] = []

    /// A text.
    public init(_ name: String, _ description: String) {
        self.init(name, .string, description)
    }

    public init(_ name: String, _ kind: Kind, _ description: String) {
        self.name = name
        self.kind = kind
        self.description = description
        isCaseExact = kind == .reference || kind == .dateTime
    }

    /// The attribute with other traits.
    public func with(_ change: (inout SCIMAttribute) -> Void) -> SCIMAttribute {
        var attribute = self
        change(&attribute)
        return attribute
    }

    /// As `/Schemas` shows it.
    var value: SCIMValue {
        var object = SCIMObject([
            ("name", .string(name)), ("type", .string(kind.rawValue)),
            ("multiValued", .bool(isMultiValued)), ("description", .string(description)),
            ("required", .bool(isRequired)), ("mutability", .string(mutability.rawValue)),
            ("returned", .string(returned.rawValue)),
        ])
        if kind == .string || kind == .reference || kind == .dateTime {
            object["caseExact"] = .bool(isCaseExact)
        }
        if kind != .complex { object["uniqueness"] = .string(uniqueness.rawValue) }
        if !canonicalValues.isEmpty {
            object["canonicalValues"] = .array(canonicalValues.map { .string($0) })
        }
        if !referenceTypes.isEmpty {
            object["referenceTypes"] = .array(referenceTypes.map { .string($0) })
        }
        if !subAttributes.isEmpty {
            object["subAttributes"] = .array(subAttributes.map(\.value))
        }
        return .object(object)
    }
}

extension [SCIMAttribute] {
    /// The attribute of a name, in any case.
    public func named(_ name: String) -> SCIMAttribute? {
        first { AttributeName.areSame($0.name, name) }
    }
}

/// The attributes of a kind of resource.
public struct SCIMSchema: Sendable {
    /// A URN.
    public let id: String
    /// For people.
    public let name: String
    /// In one sentence, for people.
    public let description: String
    /// Its own.
    public let attributes: [SCIMAttribute]
    /// What the standard has besides and this server doesn't: providers send it unless they are
    /// configured not to, so it is ignored rather than refused.
    public let ignored: [String]

    public init(
        _ id: String, _ name: String, _ description: String, ignoring ignored: [String] = [],
        _ attributes: [SCIMAttribute]
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.ignored = ignored
        self.attributes = attributes
        all = Self.common + attributes
    }

    /// With those that every resource has (RFC 7643 §3.1).
    public let all: [SCIMAttribute]

    private static let common = [
        SCIMAttribute("schemas", .reference, "The URNs of its schemas.").with {
            $0.isMultiValued = true
            $0.mutability = .readOnly
            $0.returned = .always
        },
        SCIMAttribute("id", "The server's id.").with {
            $0.isCaseExact = true
            $0.mutability = .readOnly
            $0.returned = .always
            $0.uniqueness = .server
        },
        SCIMAttribute("externalId", "The provider's id.").with {
            $0.isCaseExact = true
            $0.uniqueness = .server
        },
        SCIMAttribute("meta", .complex, "What the server knows of the resource.").with {
            $0.mutability = .readOnly
            $0.subAttributes = [
                SCIMAttribute("resourceType", "The kind of resource.").with {
                    $0.isCaseExact = true
                },
                SCIMAttribute("created", .dateTime, "When it was created."),
                SCIMAttribute("lastModified", .dateTime, "When it last changed."),
                SCIMAttribute("location", .reference, "Its URL."),
                SCIMAttribute("version", "Its entity tag.").with { $0.isCaseExact = true },
            ]
        },
    ]

    /// As `/Schemas` shows it.
    public func value(location: String) -> SCIMValue {
        [
            "schemas": [.string(SCIMURN.schema)], "id": .string(id), "name": .string(name),
            "description": .string(description), "attributes": .array(attributes.map(\.value)),
            "meta": ["resourceType": "Schema", "location": .string(location)],
        ]
    }

    /// The attribute that a path begins with; nil if the standard has it and this server doesn't.
    /// - Throws: `otherwise` for a name that the standard doesn't have.
    func attribute(
        of path: AttributePath, otherwise: SCIMErrorType
    ) throws(Fault) -> SCIMAttribute? {
        // An extension's attributes are none of ours.
        if let schema = path.schema, !AttributeName.areSame(schema, id) { return nil }
        if let attribute = all.named(path.name) { return attribute }
        guard !ignored.contains(where: { AttributeName.areSame($0, path.name) }) else { return nil }
        throw .scim(otherwise, "\(path.name.prefix(100)) is no attribute of a \(name).")
    }
}
