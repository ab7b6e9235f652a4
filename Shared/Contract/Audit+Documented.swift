import Kernel

extension AuditEntryBody {
    public static let schemaName = "AuditEntry"
    public static let meaning =
        "Who granted, changed or revoked access, with the state before and after."

    public static var members: [Member] {
        [
            Member("id", "The entry's id.", .id("aud_")),
            Member("at", "When it happened."),
            Member(
                "actorId",
                "The user who did it; `operator`: by a command; null: by the configuration.",
                .id(like: "usr_")),
            Member(
                "actingId",
                "The platform admin whose token acted for that user; null if the user did it "
                    + "themselves.", .id(like: "usr_"), example: .null),
            Member("tokenId", "The token that was used.", .id(like: "tok_")),
            Member(
                "requestId", "The `X-Request-Id` of the request.", example: "1dlYqdkCtevnew8pF5"),
            Member("action", "What happened, and to what kind of thing.", example: "share.created"),
            Member("subject", "What it happened to."),
            Member(
                "parent",
                "What the subject belongs to: the entity of a share, the organization of a member "
                    + "…; null where there is nothing.",
                example: ["type": "entity", "id": "ent_01M7YT9ZKE9AJC5YJET3QB85ZP"]),
            Member(
                "before",
                "The state before; null if it did not exist. A text of more than "
                    + "\(AuditLimits.text) characters is an object: `prefix`, its first "
                    + "\(AuditLimits.text) characters, `length`, the number of its characters, "
                    + "and `sha256`, the digest of its UTF-8 in hexadecimal.", example: .null),
            Member(
                "after", "The state after, in the same form; null if it was deleted.",
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
            Member("type", "The kind, such as `entity`, `share` or `publisher`.", example: "share"),
            Member("id", "Its id; for a publisher, the user's id.", .id(like: "shr_")),
        ]
    }
}
