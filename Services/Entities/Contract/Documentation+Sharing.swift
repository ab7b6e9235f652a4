import Contract
import Kernel

extension ShareBody: Documented {
    /// Three schemas, by how much of the entity they show.
    public static var schemaName: String {
        if Subject.self == EntityBody.self { return "ReceivedShare" }
        return Subject.self == EntitySummaryBody.self ? "GivenShare" : "EntityShare"
    }

    public static var meaning: String { "Access that one user gave another." }

    public static var members: [Member] {
        let entity = Member(
            "entity",
            Subject.self == EntityBody.self
                ? "The entity."
                : "A summary: the creator of a share may have lost access to the rest.")
        return [
            Member("id", "The share's id; never changes.", .id("shr_")),
            Member("entityId", "The entity.", .id("ent_")),
            Member("user", "The user who has access."),
            Member("createdBy", "The user who created the share and can revoke it.", .id("usr_")),
            Member("createdAt", "When the share was created."),
        ] + (Subject.self == Never.self ? [] : [entity])
    }
}

extension NewSharesBody: Documented {
    public static let schemaName = "NewEntityShares"
    public static let meaning = "Users to share with."

    public static var members: [Member] {
        [
            Member(
                "emails", "E-mail addresses of users; duplicates are ignored.",
                .list(1...EntityLimits.addressees, of: .email),
                example: ["grace@example.com", "nobody@example.com"]),
            Member(
                "notify",
                "Whether users who get access are told so by e-mail, unless they don't want such "
                    + "e-mails.", .plain.falling(backTo: true)),
            Member(
                "inviteUnknown",
                "Whether addresses that belong to no user are invited, as viewers; the owner only, "
                    + "with the scope `invitations:write`.", .plain.falling(backTo: false)),
        ]
    }
}

extension ShareOutcomeBody: Documented {
    public static let meaning = "The result for each address."

    public static var members: [Member] {
        [
            Member("created", "The new shares."),
            Member(
                "alreadyHadAccess", "Publishers, users with a share, and the caller."),
            Member(
                "invited",
                "Addresses that were invited, now or before; only with `inviteUnknown`."),
            Member(
                "notFound", "Addresses that belong to no user and were not invited.",
                .list(0...EntityLimits.addressees, of: .plain),
                example: ["nobody@example.com"]),
        ]
    }
}

extension ShareOutcomeBody.Invited: Documented {
    public static let schemaName = "InvitedAddress"
    public static let meaning = "An address that belongs to no user and was invited."

    public static var members: [Member] {
        [
            Member(
                "email", "The requested address, trimmed and in lower case.",
                example: "hedy@example.com"),
            Member("invitationId", "The pending invitation.", .id("inv_")),
            Member("expiresAt", "When the invitation expires."),
        ]
    }
}

extension ShareOutcomeBody.Holder: Documented {
    public static let schemaName = "ShareHolder"
    public static let meaning = "A user who already had access."

    public static var members: [Member] {
        [
            Member(
                "email", "The requested address, trimmed and in lower case.",
                example: "ada@example.com"),
            Member("userId", "The user with this address.", .id("usr_")),
            Member("via", "The step that gives the user access."),
        ]
    }
}

extension PublisherBody: Documented {
    public static let schemaName = "EntityPublisher"
    public static let meaning = "A publisher of an entity."

    public static var members: [Member] {
        [
            Member("userId", "The user.", .id("usr_")),
            Member(
                "email",
                "The user's address; like both names, empty shortly after the user was deleted.",
                example: "ada@example.com"),
            Member("username", "The user's unique short name.", example: "ada"),
            Member("displayName", "The user's display name.", example: "Ada"),
            Member("isOwner", "Whether the user owns the entity.", example: true),
            Member("addedBy", "The user who added the publisher.", .id("usr_")),
            Member("addedAt", "When the publisher was added."),
        ]
    }
}

extension PublisherStatusBody: Documented {
    public static let meaning = "Whether the caller is a publisher of an entity."

    public static var members: [Member] {
        [
            Member(
                "isPublisher",
                "Whether the caller is a publisher; false also if the entity does not exist.",
                example: true)
        ]
    }
}

extension AccessBody: Documented {
    public static let schemaName = "EntityAccess"
    public static let meaning = "A user's access to an entity."

    public static var members: [Member] {
        [
            Member("granted", "Whether the user has access.", example: true),
            Member(
                "reason",
                "`user_suspended` if the user is suspended, who has no access until they are "
                    + "restored."),
            Member(
                "via", "The first step that grants access; `null` without access.",
                example: "direct_share"),
            Member("paths", "Every grant, in the order of the steps."),
        ]
    }
}

extension AccessBody.Path: Documented {
    public static let schemaName = "AccessPath"
    public static let meaning = "One grant."

    public static var members: [Member] {
        [
            Member("via", "The access step.", example: "direct_share"),
            Member(
                "grantId",
                "The share, or the publication in a store; `null` for publishers and "
                    + "collaborators.", .grantId),
            Member("grantedBy", "The user who gave the grant.", .id("usr_")),
            Member("grantedAt", "When the grant was given."),
            Member(
                "organizationId", "The organization whose store has the entity; only for stores.",
                .id("org_")),
            Member("expiresAt", "When the grant expires; absent if it does not."),
            Member(
                "detail", "An explanation in one sentence.",
                example: "Shared by usr_01M7YT9ZHG03RWMAMRKZ5XW0YM on 2026-01-15T09:00:00.000Z."),
        ]
    }
}

extension AccessRevocationBody: Documented {
    public static let schemaName = "AccessRevocation"
    public static let meaning = "What a user has lost and what they still have."

    public static var members: [Member] {
        [
            Member("removed", "The grants that were removed."),
            Member("remaining", "The access that stores still give the user."),
        ]
    }
}

extension AccessChecksBody: Documented {
    public static let meaning = "A batch of access checks."

    public static var members: [Member] {
        [Member("checks", "The pairs to check.", .list(1...EntityLimits.checks, of: .plain))]
    }
}

extension AccessChecksBody.Check: Documented {
    public static let schemaName = "AccessCheck"
    public static let meaning = "A pair of entity and user."

    public static var members: [Member] {
        [
            Member("entityId", "The entity.", .id(like: "ent_").naming(.entity)),
            Member("userId", "The user; the caller by default.", .id(like: "usr_").naming(.user)),
        ]
    }
}

extension AccessResultsBody: Documented {
    public static let meaning = "The results of a batch of access checks."

    public static var members: [Member] {
        [
            Member(
                "results", "One result for each check, in the same order.",
                .list(1...EntityLimits.checks, of: .plain))
        ]
    }
}

extension AccessResultsBody.Result: Documented {
    public static let schemaName = "AccessResult"
    public static let meaning = "The result of one check."

    public static var members: [Member] {
        [
            Member("entityId", "The entity of the check.", .id(like: "ent_")),
            Member("userId", "The user of the check.", .id(like: "usr_")),
            Member("granted", "Whether the user has access.", example: true),
            Member(
                "reason",
                "Why the check was not granted, where that does not follow from the grants: the "
                    + "caller is not allowed to ask about the user, or the user is suspended."),
            Member(
                "via", "The first step that grants access; `null` without access.",
                example: "direct_share"),
        ]
    }
}

extension Rule {
    /// The id of a share or publication.
    fileprivate static var grantId: Rule {
        var rule = Rule.id("shr_")
        rule.pattern = "^(shr|pub)_[0-7][0-9A-HJKMNP-TV-Z]{25}$"
        rule.hint = "a ULID with the prefix `shr_` or `pub_`"
        return rule
    }
}
