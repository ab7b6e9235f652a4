import Kernel

/// The body of PATCH (RFC 7644 §3.5.2), as the standard has it and as providers send it: operations
/// in any case, several attributes without a path, values to remove beside a path.
public struct SCIMPatch: Sendable {
    /// Of one request.
    public static let maximum = 1_000

    /// What an operation does.
    public enum Kind: String, Sendable, CaseIterable {
        case add
        case replace
        case remove
    }

    /// One change.
    public struct Operation: Sendable {
        /// What it does.
        public let kind: Kind
        /// nil: the resource as a whole.
        public let path: AttributePath?
        /// What it adds or puts in place.
        public let value: SCIMValue
    }

    /// In their order.
    public let operations: [Operation]

    public init(operations: [Operation]) { self.operations = operations }

    /// - Throws: `invalidSyntax`, `invalidPath`.
    public init(_ body: SCIMValue) throws(Fault) {
        if let schemas = body["schemas"]?.items,
            !schemas.contains(where: { AttributeName.areSame($0.string ?? "", SCIMURN.patch) })
        {
            throw .scim(.invalidSyntax, "schemas must have \(SCIMURN.patch).")
        }
        guard let list = body["Operations"]?.items, !list.isEmpty else {
            throw .scim(.invalidSyntax, "Operations must be a list with at least one operation.")
        }
        guard list.count <= Self.maximum else {
            throw .scim(.invalidSyntax, "Operations must have at most \(Self.maximum) items.")
        }
        var operations: [Operation] = []
        for item in list { operations += try Self.operations(item) }
        self.operations = operations
    }

    private static func operations(_ item: SCIMValue) throws(Fault) -> [Operation] {
        let word = item["op"]?.string ?? ""
        guard let kind = Kind.allCases.first(where: { AttributeName.areSame($0.rawValue, word) })
        else { throw .scim(.invalidSyntax, "op must be add, replace or remove.") }
        let value = item["value"] ?? .null
        if let path = item["path"], !path.isUnassigned {
            guard let text = path.string else {
                throw .scim(.invalidPath, "The path must be a text.")
            }
            return [Operation(kind: kind, path: try AttributePath(parsing: text), value: value)]
        }
        guard kind != .remove else { throw .scim(.noTarget, "remove needs a path.") }
        guard let object = value.object else {
            throw .scim(.invalidValue, "Without a path the value must be an object.")
        }
        var operations: [Operation] = []
        for member in object.members {
            // `schemas`, and attributes of extensions, are no paths of ours.
            let path = try AttributePath(parsing: member.name)
            operations.append(Operation(kind: kind, path: path, value: member.value))
        }
        return operations
    }

    /// The resource after all operations, which have effect together or not at all.
    public func applied(
        to resource: SCIMObject, _ schema: SCIMSchema
    ) throws(Fault) -> SCIMObject {
        var changed = resource
        for operation in operations { try operation.apply(to: &changed, schema) }
        for attribute in schema.attributes
        where attribute.isRequired && !attribute.isMultiValued
            && resource[attribute.name] != nil && changed[attribute.name] == nil
        {
            throw .scim(.mutability, "\(attribute.name) is required and can't be removed.")
        }
        return changed
    }
}
