import Contract
import Kernel

extension UserBody: Documented {
    public static let meaning = "A user of the platform."

    public static var members: [Member] {
        Members.user("grace", "Grace") + [
            Member(
                "managedBy",
                "`scim` if an identity provider manages the user's names, address, external id and "
                    + "suspension; `null` otherwise.", example: .null)
        ]
    }
}

extension MeBody: Documented {
    public static let schemaName = "CurrentUser"
    public static let meaning = "The caller, and what their token can do."

    public static var members: [Member] {
        Members.user("ada", "Ada") + [
            Member("scopes", "The token's scopes; `*` is everything.", Members.scopes),
            Member("readOnly", "Whether the token can only read.", example: false),
            Member(
                "tokenId", "The token's id; of a JWT, one that begins with `jwt_`.",
                .id(like: "tok_")),
            Member(
                "actingId", "The platform admin whose token acts for the caller; `null` if none.",
                .id("usr_"), example: .null),
        ]
    }
}

extension NewUserBody: Documented {
    public static let meaning = "A new user."

    public static var members: [Member] {
        Members.newUser(externalId: .externalId, locale: .locale) + [
            Member(
                "role", "Role on the platform; platform admins manage users.",
                .plain.falling(backTo: "member"))
        ]
    }
}

extension UserPatchBody: Documented {
    public static let meaning =
        "Changes to a user; members that are left out keep their value, and `null` clears "
        + "`externalId`, `locale` and `managedBy` alone."

    public static var members: [Member] {
        Members.newUser(externalId: .externalId.clearable, locale: .locale.clearable) + [
            Members.emailNotifications,
            Member("role", "Role on the platform; platform admins manage users."),
            Member(
                "suspended",
                "Whether the user is suspended: `true` ends their sessions, and their tokens, "
                    + "access and checks about them fail until it is `false` again."),
            Member(
                "managedBy",
                "`null` ends that an identity provider manages the user, until it changes them "
                    + "again. Another value than the user's is ignored.", .plain.clearable),
        ]
    }
}

extension MePatchBody: Documented {
    public static let schemaName = "CurrentUserPatch"
    public static let meaning =
        "Changes to the caller's preferences; members that are left out keep their value, and "
        + "`null` clears `locale` alone."

    public static var members: [Member] {
        [Members.locale(.locale.clearable), Members.emailNotifications]
    }
}

extension NewTokenBody: Documented {
    public static let meaning = "A new token."

    public static var members: [Member] {
        [
            Member("name", "Name that tells the token from others.", .name(), example: "laptop"),
            Member(
                "scopes", "Scopes; only those that the calling token has.", Members.scopes,
                example: ["entities:write", "entities:share"]),
            Member(
                "readOnly", "Whether only GET, HEAD and POSTs that change nothing are allowed.",
                .plain.falling(backTo: false)),
            Member("expiresAt", "When the token expires; never by default."),
            Member(
                "userId",
                "The token's user, the caller by default; others require a platform admin with "
                    + "`users:admin`.",
                .id("usr_").naming(.user)),
            Member(
                "rateLimit",
                "Requests a second, with bursts of two seconds' worth; `0`: no limit. By default "
                    + "the platform's limit; only platform admins can set another.", .rate),
        ]
    }
}

extension TokenBody: Documented {
    public static let meaning = "An API token."

    public static var members: [Member] {
        [
            Member("id", "Unique id; never changes.", .id("tok_")),
            Member("userId", "The user whose token it is.", .id("usr_")),
            Member("name", "Name that tells the token from others.", example: "laptop"),
            Member("prefix", "First characters of the secret.", example: "sk_live_4mKc"),
            Member(
                "scopes", "Scopes; `*` is everything.", Members.scopes,
                example: ["entities:write", "entities:share"]),
            Member("readOnly", "Whether the token can only read.", example: false),
            Member("createdAt", "When the token was created."),
            Member(
                "lastUsedAt", "When the token was last used, to the minute; `null` if never.",
                example: .null),
            Member("expiresAt", "When the token expires; `null` if never.", example: .null),
            Member(
                "rateLimit",
                "Requests a second; `0`: no limit; `null`: the platform's limit.", .rate,
                example: .null),
            Member(
                "token", "The secret; only in the response to its creation. Store it safely.",
                example: "sk_live_4mKcZ0Yt7hQ2vX9bN3sLr8WfJ5gDp1uEa6iTo0RyVq3H21kZb0"),
        ]
    }
}

extension Rule {
    fileprivate static var rate: Rule {
        var rule = Rule()
        rule.range = TokenLimits.rate
        rule.example = 500
        return rule
    }
}

private enum Members {
    static func user(_ username: String, _ displayName: String) -> [Member] {
        [
            Member("id", "Unique id; never changes.", .id("usr_")),
            Member(
                "email", "Unique e-mail address, in lower case.",
                example: .string("\(username)@example.com")),
            Member("username", "Unique username.", example: .string(username)),
            Member("displayName", "Display name.", example: .string(displayName)),
            Member(
                "externalId", "The platform's own id of the user; `null` if there is none.",
                example: .string("user-\(username)")),
            Member(
                "locale", "The language of pages and mails for the user; `null` if not known.",
                example: "en"),
            Member(
                "emailNotifications",
                "Whether the user gets e-mails about what others share with them.",
                example: true),
            Member("role", "Role on the platform; platform admins manage users."),
            Member("suspended", "Whether a platform admin has suspended the user.", example: false),
            Member("createdAt", "When the user was created."),
        ]
    }

    static func newUser(externalId: Rule, locale: Rule) -> [Member] {
        [
            Member("email", "Unique e-mail address; stored in lower case.", .email),
            Member("username", "Unique username.", .username),
            Member("displayName", "Display name.", .name(), example: "Grace"),
            Member(
                "externalId",
                "The platform's own id of the user, unique among users: requests can name the user "
                    + "by `ext:` and this.", externalId, example: "user-grace"),
            Self.locale(locale),
        ]
    }

    static func locale(_ rule: Rule) -> Member {
        Member(
            "locale",
            "The language of pages and mails for the user; there are texts in `en`, `de`, `fr` "
                + "and `es`.", rule)
    }

    static let emailNotifications = Member(
        "emailNotifications",
        "Whether the user gets e-mails about what others share with them. Invitations, sign-in "
            + "codes and e-mails about the user's own webhooks are sent either way.",
        example: false)

    static let scopes = Rule.list(
        0...Scopes.maximum, of: .words(Scopes.known.sorted(), named: "Scope"))
}
