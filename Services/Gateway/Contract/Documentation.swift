import Contract
import Kernel

extension UserBody: Documented {
    public static let meaning = "A user of the platform."

    public static var members: [Member] { Members.user("grace", "Grace") }
}

extension MeBody: Documented {
    public static let meaning = "The caller, and what his token may do."

    public static var members: [Member] {
        Members.user("ada", "Ada") + [
            Member("scopes", "What the token may do; `*` is everything.", Members.scopes),
            Member("readOnly", "Whether the token may only read.", example: false),
            Member("tokenId", "The token.", .id("tok_")),
        ]
    }
}

extension NewUserBody: Documented {
    public static let meaning = "A user to be."

    public static var members: [Member] {
        Members.newUser + [
            Member(
                "role", "Platform admins administer users.", .plain.falling(backTo: "member"))
        ]
    }
}

extension UserPatchBody: Documented {
    public static let meaning = "What is to change of a user; nothing can be cleared."

    public static var members: [Member] {
        Members.newUser + [Member("role", "Platform admins administer users.")]
    }
}

extension NewTokenBody: Documented {
    public static let meaning = "A token to be."

    public static var members: [Member] {
        [
            Member("name", "Tells it from the user's other tokens.", .name(), example: "laptop"),
            Member(
                "scopes", "What it may do; none that the calling token lacks.", Members.scopes,
                example: ["entities:write", "entities:share"]),
            Member(
                "readOnly", "Only GET and HEAD pass, and POSTs that change nothing.",
                .plain.falling(backTo: false)),
            Member("expiresAt", "From when it is refused; never by default."),
            Member(
                "userId",
                "The user who gets it; for somebody else, platform admins with `users:admin`.",
                .id("usr_")),
        ]
    }
}

extension TokenBody: Documented {
    public static let meaning = "An API token."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("tok_")),
            Member("userId", "Whose it is.", .id("usr_")),
            Member("name", "Tells it from the user's other tokens.", example: "laptop"),
            Member("prefix", "The secret's first characters.", example: "sk_live_4mKc"),
            Member(
                "scopes", "What it may do; `*` is everything.", Members.scopes,
                example: ["entities:write", "entities:share"]),
            Member("readOnly", "Whether it may only read.", example: false),
            Member("createdAt", "When it was made."),
            Member("lastUsedAt", "To the minute; `null` if never.", example: .null),
            Member("expiresAt", "From when it is refused; `null` if never.", example: .null),
            Member(
                "token", "The secret. In the answer to its creation alone: keep it.",
                example: "sk_live_4mKcZ0Yt7hQ2vX9bN3sLr8WfJ5gDp1uEa6iTo0RyVq3H21kZb0"),
        ]
    }
}

private enum Members {
    static func user(_ username: String, _ displayName: String) -> [Member] {
        [
            Member("id", "Never changes.", .id("usr_")),
            Member(
                "email", "In lower case, unique.", example: .string("\(username)@example.com")),
            Member("username", "His unique short name.", example: .string(username)),
            Member("displayName", "What people call him.", example: .string(displayName)),
            Member("role", "Platform admins administer users."),
            Member("createdAt", "When he was created."),
        ]
    }

    static let newUser = [
        Member("email", "Unique; stored in lower case.", .email),
        Member("username", "Unique.", .username),
        Member("displayName", "What people call him.", .name(), example: "Grace"),
    ]

    static let scopes = Rule.list(0...Scopes.maximum, of: .words(Scopes.known.sorted()))
}
