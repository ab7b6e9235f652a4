import Contract
import Kernel

/// A group that is created or replaced; RFC 7643 §4.2.
public struct NewSCIMGroupBody: Documented {
    public static let schemaName = "NewSCIMGroup"
    public static let meaning = "What a provider has of a group."

    /// Who is in it.
    public struct Member: Documented {
        public static let schemaName = "NewSCIMMember"
        public static let meaning = "A member of a group."

        public let value: String

        public static var members: [Contract.Member] {
            [Contract.Member("value", "The user's id.", .id(like: "usr_"))]
        }
    }

    public let schemas: [String]?
    public let externalId: String?
    public let displayName: String
    public let members: [Member]?

    public static var members: [Contract.Member] {
        [
            .init("schemas", "The URN of the schema.", example: [.string(SCIMTexts.group)]),
            .init(
                "externalId", "The provider's id of the group; `ext:` and it name the team.",
                .externalId, example: "00g1a2b3c4"),
            .init("displayName", "The team's name.", .name(), example: "Analytics Team"),
            .init(
                "members", "The users, all of them.", .list(0...10_000, of: .plain)),
        ]
    }
}

/// A group.
public struct SCIMGroupBody: Documented {
    public static let schemaName = "SCIMGroup"
    public static let meaning = "A team as SCIM shows it."

    /// Who is in it.
    public struct Member: Documented {
        public static let schemaName = "SCIMMember"
        public static let meaning = "A member of a group."

        public let value: String?
        public let type: String?
        public let ref: String?

        enum CodingKeys: String, CodingKey {
            case value, type
            case ref = "$ref"
        }

        public static var members: [Contract.Member] {
            [
                .init("value", "The user's id.", .id("usr_")),
                .init("type", "The kind of member.", example: "User"),
                // Without an example: tools would take its value for a reference.
                .init("$ref", "The user's URL."),
            ]
        }
    }

    public let schemas: [String]
    public let id: String
    public let externalId: String?
    public let displayName: String?
    public let members: [Member]?
    public let meta: SCIMMetaBody?

    public static var members: [Contract.Member] {
        [
            .init("schemas", "The URN of the schema.", example: [.string(SCIMTexts.group)]),
            .init("id", "The team's id.", example: "analytics-team"),
            .init("externalId", "The provider's id of the group.", example: "00g1a2b3c4"),
            .init("displayName", "The team's name.", example: "Analytics Team"),
            .init("members", "The users."),
            .init("meta", "What the server knows of the group."),
        ]
    }
}

/// A part of the groups; RFC 7644 §3.4.2.
public struct SCIMGroupListBody: Documented {
    public static let schemaName = "SCIMGroupList"
    public static let meaning = "A part of the groups."

    public let schemas: [String]
    public let totalResults: Int
    public let startIndex: Int
    public let itemsPerPage: Int
    public let resources: [SCIMGroupBody]

    enum CodingKeys: String, CodingKey {
        case schemas, totalResults, startIndex, itemsPerPage
        case resources = "Resources"
    }

    public static var members: [Member] {
        SCIMTexts.ofLists + [Member("Resources", "The groups.")]
    }
}
