import Kernel

/// The causes that RFC 7644 §3.12 has names for (`scimType`).
public enum SCIMErrorType: String, Sendable, CaseIterable {
    case invalidFilter
    case tooMany
    case uniqueness
    case mutability
    case invalidSyntax
    case invalidPath
    case noTarget
    case invalidValue

    /// The member of a fault that has it.
    public static let member = "scimType"
}

extension Fault {
    /// A request that breaks a rule of SCIM: 409 for `uniqueness`, otherwise 400.
    public static func scim(_ type: SCIMErrorType, _ detail: String) -> Fault {
        Fault(
            type == .uniqueness ? .conflict : .malformed, code: "scim_error", detail,
            members: [SCIMErrorType.member: type.rawValue])
    }

    /// The same fault, as SCIM names its cause.
    public func scim(_ type: SCIMErrorType) -> Fault {
        Fault(
            kind, code: code, detail, fields: fields, retryAfter: retryAfter,
            members: [SCIMErrorType.member: type.rawValue], privateDetail: privateDetail)
    }
}

/// The URNs of messages (RFC 7644 §8.2) and of schemas (RFC 7643 §10.3).
public enum SCIMURN {
    /// A part of a list.
    public static let listResponse = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
    /// The body of a search.
    public static let searchRequest = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
    /// The body of PATCH.
    public static let patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
    /// The body of a bulk request.
    public static let bulkRequest = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
    /// What became of a bulk request.
    public static let bulkResponse = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
    /// An error.
    public static let error = "urn:ietf:params:scim:api:messages:2.0:Error"
    /// Users.
    public static let user = "urn:ietf:params:scim:schemas:core:2.0:User"
    /// Groups.
    public static let group = "urn:ietf:params:scim:schemas:core:2.0:Group"
    /// Schemas.
    public static let schema = "urn:ietf:params:scim:schemas:core:2.0:Schema"
    /// Kinds of resources.
    public static let resourceType = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
    /// What the server can do.
    public static let configuration =
        "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
}
