import Kernel

extension AuditEntryBody {
    public static let schemaName = "AuditEntry"
    public static let meaning =
        "Who gave, changed or took access, and what it was before and after."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("aud_")),
            Member("at", "When."),
            Member(
                "actorId", "The user who did it; null for what the configuration did.",
                .id(like: "usr_")),
            Member("tokenId", "The token with which he did it.", .id(like: "tok_")),
            Member(
                "requestId", "The `X-Request-Id` of the request.", example: "1dlYqdkCtevnew8pF5"),
            Member("action", "What happened.", example: "share.created"),
            Member("subject", "To what."),
            Member(
                "before",
                "What it was; null if it did not exist. A text of more than "
                    + "\(AuditLimits.text) characters is an object: `prefix`, its first "
                    + "\(AuditLimits.text) characters, `length`, the number of its characters, "
                    + "and `sha256`, the digest of its UTF-8 in hexadecimal.", example: .null),
            Member(
                "after", "What it became, in the same form; null if it was deleted.",
                example: [
                    "createdBy": "usr_01M7YT9ZHG03RWMAMRKZ5XW0YM",
                    "userId": "usr_01M7YT9ZHZDRWADFYNFX5RCPM9",
                ]),
        ]
    }
}

extension AuditEntryBody.Subject {
    public static let schemaName = "AuditSubject"
    public static let meaning = "The thing that an audit entry is about."

    public static var members: [Member] {
        [
            Member("type", "Its kind: `entity`, `share`, `publisher` …", example: "share"),
            Member("id", "Its id; of a publisher, that of the user.", .id(like: "shr_")),
        ]
    }
}
