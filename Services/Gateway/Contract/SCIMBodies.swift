import Contract
import Kernel

// Bodies of SCIM (RFC 7643, RFC 7644) as the reference describes them. They are read and written by
// the schemas (`/scim/v2/Schemas`), as attributes can be left out of any response.

/// The parts of a name; RFC 7643 §4.1.1.
public struct SCIMNameBody: Documented {
    public static let schemaName = "SCIMName"
    public static let meaning = "The parts of a name."

    public let formatted: String?
    public let familyName: String?
    public let givenName: String?
    public let middleName: String?
    public let honorificPrefix: String?
    public let honorificSuffix: String?

    public static var members: [Member] {
        [
            Member("formatted", "The whole name.", .scimText, example: "Ada Lovelace"),
            Member("familyName", "The family name.", .scimText, example: "Lovelace"),
            Member("givenName", "The given name.", .scimText, example: "Ada"),
            Member("middleName", "The middle name.", .scimText),
            Member("honorificPrefix", "What stands before the name.", .scimText),
            Member("honorificSuffix", "What stands behind the name.", .scimText),
        ]
    }
}

/// An address; RFC 7643 §4.1.2.
public struct SCIMEmailBody: Documented {
    public static let schemaName = "SCIMEmail"
    public static let meaning = "An e-mail address."

    public let value: String
    public let display: String?
    public let type: String?
    public let primary: Bool?

    public static var members: [Member] {
        [
            Member("value", "The address.", .email, example: "ada@example.com"),
            Member("display", "The address as people read it.", .scimText),
            Member("type", "`work`, `home` or `other`.", .scimText, example: "work"),
            Member("primary", "Whether it is the account's; one is at most.", example: true),
        ]
    }
}

/// RFC 7643 §3.1.
public struct SCIMMetaBody: Documented {
    public static let schemaName = "SCIMMeta"
    public static let meaning = "What the server knows of a resource."

    public let resourceType: String?
    public let created: Timestamp?
    public let lastModified: Timestamp?
    public let location: String?
    public let version: String?

    public static var members: [Member] {
        [
            Member("resourceType", "The kind of resource.", example: "User"),
            Member("created", "When it was created."),
            Member("lastModified", "When it last changed."),
            Member(
                "location", "Its URL.",
                example: "/scim/v2/Users/usr_01M7YT9ZHG03RWMAMRKZ5XW0YM"),
            Member("version", "Its entity tag.", example: "W/\"a330bc54f0671c9\""),
        ]
    }
}

/// A user that is created or replaced.
public struct NewSCIMUserBody: Documented {
    public static let schemaName = "NewSCIMUser"
    public static let meaning = "What a provider has of a user."

    public let schemas: [String]?
    public let externalId: String?
    public let userName: String
    public let name: SCIMNameBody?
    public let displayName: String?
    public let emails: [SCIMEmailBody]?
    public let active: Bool?

    public static var members: [Member] {
        [
            Member("schemas", "The URN of the schema.", example: [.string(SCIMTexts.user)]),
            Member(
                "externalId", "The provider's id of the user; `ext:` and it name the user.",
                .externalId, example: "00u1a2b3c4"),
            Member(
                "userName", "The name at the provider; unique, whatever its case.", .scimText,
                example: "ada@example.com"),
            Member("name", "The parts of the name."),
            Member("displayName", "The name that others see.", .scimText, example: "Ada Lovelace"),
            Member(
                "emails",
                "The addresses. Without any, the `userName` has to be one.",
                .list(0...20, of: .plain)),
            Member("active", "`false` suspends the user.", .plain.falling(backTo: true)),
        ]
    }
}

/// A user.
public struct SCIMUserBody: Documented {
    public static let schemaName = "SCIMUser"
    public static let meaning = "A user as SCIM shows them."

    public let schemas: [String]
    public let id: String
    public let externalId: String?
    public let userName: String?
    public let name: SCIMNameBody?
    public let displayName: String?
    public let emails: [SCIMEmailBody]?
    public let active: Bool?
    public let meta: SCIMMetaBody?

    public static var members: [Member] {
        [
            Member("schemas", "The URN of the schema.", example: [.string(SCIMTexts.user)]),
            Member("id", "The user's id.", .id("usr_")),
            Member("externalId", "The provider's id of the user.", example: "00u1a2b3c4"),
            Member("userName", "The name at the provider.", example: "ada@example.com"),
            Member("name", "The parts of the name."),
            Member("displayName", "The name that others see.", example: "Ada Lovelace"),
            Member("emails", "The addresses."),
            Member("active", "Whether the user is not suspended.", example: true),
            Member("meta", "What the server knows of the user."),
        ]
    }
}

/// A part of the users; RFC 7644 §3.4.2.
public struct SCIMUserListBody: Documented {
    public static let schemaName = "SCIMUserList"
    public static let meaning = "A part of the users."

    public let schemas: [String]
    public let totalResults: Int
    public let startIndex: Int
    public let itemsPerPage: Int
    public let resources: [SCIMUserBody]

    enum CodingKeys: String, CodingKey {
        case schemas, totalResults, startIndex, itemsPerPage
        case resources = "Resources"
    }

    public static var members: [Member] {
        SCIMTexts.ofLists + [Member("Resources", "The users.")]
    }
}

/// `POST …/.search`; RFC 7644 §3.4.3.
public struct SCIMSearchBody: Documented {
    public static let schemaName = "SCIMSearch"
    public static let meaning = "Which resources, and what of them."

    public let schemas: [String]?
    public let attributes: [String]?
    public let excludedAttributes: [String]?
    public let filter: String?
    public let sortBy: String?
    public let sortOrder: String?
    public let startIndex: Int?
    public let count: Int?

    public static var members: [Member] {
        [
            Member(
                "schemas", "The URN of the message.",
                example: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]),
            Member(
                "attributes", "The attributes that the response has.",
                .list(0...100, of: .scimName), example: ["userName"]),
            Member(
                "excludedAttributes", "Attributes that the response doesn't have.",
                .list(0...100, of: .scimName)),
            Member(
                "filter", "Which resources (RFC 7644 §3.4.2.2).", example: "active eq true"),
            Member("sortBy", "The attribute that orders the list.", .scimName, example: "userName"),
            Member(
                "sortOrder", "The order.",
                .words(["ascending", "descending"], named: "SCIMSortOrder")),
            Member("startIndex", "The first resource, from 1.", example: 1),
            Member("count", "How many resources, at most 200.", example: 50),
        ]
    }
}

/// The value of an attribute, of whatever kind.
public struct SCIMAnyValue: FreeForm {
    public static let schemaName = "SCIMValue"
    public static let isAnything = true

    public init() {}

    public init(from decoder: any Decoder) throws {}

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}

/// RFC 7644 §3.5.2.
public struct SCIMPatchBody: Documented {
    public static let schemaName = "SCIMPatch"
    public static let meaning = "Changes that have effect together."

    public struct Operation: Documented {
        public static let schemaName = "SCIMPatchOperation"
        public static let meaning =
            "A change. Without a `path` its `value` is an object of attributes."

        public let op: String
        public let path: String?
        public let value: SCIMAnyValue?

        public static var members: [Member] {
            [
                Member(
                    "op", "What to do; in any case.",
                    .words(["add", "replace", "remove"], named: "SCIMPatchKind")),
                Member(
                    "path", "What changes: an attribute, a sub-attribute, some values of one.",
                    example: "active"),
                Member("value", "The value, of the attribute's kind.", example: false),
            ]
        }
    }

    public let schemas: [String]?
    public let operations: [Operation]

    enum CodingKeys: String, CodingKey {
        case schemas
        case operations = "Operations"
    }

    public static var members: [Member] {
        [
            Member(
                "schemas", "The URN of the message.",
                .list(1...1, of: .words([SCIMTexts.patch], named: "SCIMPatchMessage"))),
            Member("Operations", "The changes.", .list(1...1_000, of: .plain)),
        ]
    }
}

enum SCIMTexts {
    static let user = "urn:ietf:params:scim:schemas:core:2.0:User"

    static let group = "urn:ietf:params:scim:schemas:core:2.0:Group"

    static let patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

    static let bulk = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

    static let ofLists = [
        Member(
            "schemas", "The URN of the message.",
            example: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]),
        Member("totalResults", "How many resources match.", example: 1),
        Member("startIndex", "The first of this part, from 1.", example: 1),
        Member("itemsPerPage", "How many this part has.", example: 1),
    ]
}

extension Rule {
    /// What a text of a user can be.
    static var scimText: Rule { .name(max: 255) }

    /// The name of an attribute.
    static var scimName: Rule {
        var rule = Rule()
        rule.pattern = "^[A-Za-z][A-Za-z0-9]*$"
        return rule
    }
}
