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
                "before", "What it was; null if it did not exist.", example: .null),
            Member(
                "after", "What it is; null if it exists no more.",
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
