import Contract
import Kernel

/// `POST /scim/v2/Bulk`; RFC 7644 §3.7.
public struct SCIMBulkBody: Documented {
    public static let schemaName = "SCIMBulk"
    public static let meaning = "Several changes."

    /// One request of many.
    public struct Operation: Documented {
        public static let schemaName = "SCIMBulkOperation"
        public static let meaning = "A change."

        public let method: String
        public let path: String
        public let bulkId: String?
        public let version: String?
        public let data: SCIMAnyValue?

        public static var members: [Member] {
            [
                Member(
                    "method", "What to do.",
                    .words(["POST", "PUT", "PATCH", "DELETE"], named: "SCIMBulkMethod")),
                Member("path", "Below `/scim/v2`.", example: "/Users"),
                Member(
                    "bulkId", "Names what is created: others refer to it by `bulkId:` and this.",
                    example: "ada"),
                Member("version", "The version that the change is meant for."),
                Member("data", "The body.", example: ["userName": "ada@example.com"]),
            ]
        }
    }

    public let schemas: [String]?
    public let failOnErrors: Int?
    public let operations: [Operation]

    enum CodingKeys: String, CodingKey {
        case schemas, failOnErrors
        case operations = "Operations"
    }

    public static var members: [Member] {
        [
            Member(
                "schemas", "The URN of the message.",
                .list(1...1, of: .words([SCIMTexts.bulk], named: "SCIMBulkMessage"))),
            Member("failOnErrors", "Errors after which the rest is left undone.", example: 1),
            Member("Operations", "The changes.", .list(1...100, of: .plain)),
        ]
    }
}

/// What became of them; RFC 7644 §3.7.3.
public struct SCIMBulkResponseBody: Documented {
    public static let schemaName = "SCIMBulkResponse"
    public static let meaning = "What became of several changes."

    /// One of them.
    public struct Operation: Documented {
        public static let schemaName = "SCIMBulkResult"
        public static let meaning = "What became of a change."

        public let method: String
        public let bulkId: String?
        public let version: String?
        public let location: String?
        public let status: String
        public let response: SCIMAnyValue?

        public static var members: [Member] {
            [
                Member("method", "What was done.", example: "POST"),
                Member("bulkId", "The change's own name.", example: "ada"),
                Member("version", "The version of what was changed."),
                Member(
                    "location", "The URL of what was changed.",
                    example: "/scim/v2/Users/usr_01M7YT9ZHG03RWMAMRKZ5XW0YM"),
                Member("status", "The HTTP status.", example: "201"),
                Member("response", "The error, if it failed."),
            ]
        }
    }

    public let schemas: [String]
    public let operations: [Operation]

    enum CodingKeys: String, CodingKey {
        case schemas
        case operations = "Operations"
    }

    public static var members: [Member] {
        [
            Member(
                "schemas", "The URN of the message.",
                example: ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]),
            Member("Operations", "One for each change that was tried, in their order."),
        ]
    }
}
