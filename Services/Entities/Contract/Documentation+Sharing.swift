import Contract
import Kernel

extension ShareBody: Documented {
    /// Three shapes, by what they say of the entity.
    public static var schemaName: String {
        if Subject.self == EntityBody.self { return "ShareReceived" }
        return Subject.self == EntitySummaryBody.self ? "ShareGiven" : "Share"
    }

    public static var meaning: String { "Access that one user gave another." }

    public static var members: [Member] {
        let entity = Member(
            "entity",
            Subject.self == EntityBody.self
                ? "The entity." : "What names the entity; who made the share may not see the rest.")
        return [
            Member("id", "Never changes.", .id("shr_")),
            Member("entityId", "The entity.", .id("ent_")),
            Member("user", "Who has it."),
            Member("createdBy", "Who gave it, and can take it back.", .id("usr_")),
            Member("createdAt", "When it was given."),
        ] + (Subject.self == Never.self ? [] : [entity])
    }
}

extension NewSharesBody: Documented {
    public static let meaning = "Whom to share with."

    public static var members: [Member] {
        [
            Member(
                "emails", "Addresses of users; one that is repeated counts once.",
                .list(1...EntityLimits.addressees, of: .email),
                example: ["grace@example.com", "nobody@example.com"])
        ]
    }
}

extension ShareOutcomeBody: Documented {
    public static let meaning = "What became of each address."

    public static var members: [Member] {
        [
            Member("created", "Those who have a share now."),
            Member(
                "alreadyHadAccess", "Those who published it or had a share; the caller himself."),
            Member(
                "notFound", "Addresses that no user has.",
                .list(0...EntityLimits.addressees, of: .plain),
                example: ["nobody@example.com"]),
        ]
    }
}

extension ShareOutcomeBody.Holder: Documented {
    public static let schemaName = "ShareHolder"
    public static let meaning = "Somebody who needs no share."

    public static var members: [Member] {
        [
            Member(
                "email", "As it was asked for, trimmed and in lower case.",
                example: "ada@example.com"),
            Member("userId", "Whose address it is.", .id("usr_")),
            Member("via", "The step by which he has access.", .words(EntityWords.steps)),
        ]
    }
}

extension PublisherBody: Documented {
    public static let meaning = "A user who publishes an entity."

    public static var members: [Member] {
        [
            Member("userId", "The user.", .id("usr_")),
            Member(
                "email", "Empty, as the two names, for a moment after he was deleted.",
                example: "ada@example.com"),
            Member("username", "His unique short name.", example: "ada"),
            Member("displayName", "What people call him.", example: "Ada"),
            Member("isOwner", "Whether he owns the entity.", example: true),
            Member("addedBy", "Who made him a publisher.", .id("usr_")),
            Member("addedAt", "When he became one."),
        ]
    }
}

extension PublisherStatusBody: Documented {
    public static let meaning = "Whether the caller publishes an entity."

    public static var members: [Member] {
        [Member("isPublisher", "False also where there is no such entity.", example: true)]
    }
}

extension AccessBody: Documented {
    public static let meaning = "A user's access to an entity."

    public static var members: [Member] {
        [
            Member("granted", "Whether he has any.", example: true),
            Member(
                "via", "The first step that grants it; `null` without.",
                .words(EntityWords.steps, example: "direct_share")),
            Member("paths", "Every grant that was found, in the order of the hierarchy."),
        ]
    }
}

extension AccessBody.Path: Documented {
    public static let schemaName = "AccessPath"
    public static let meaning = "One grant."

    public static var members: [Member] {
        [
            Member("via", "The step.", .words(EntityWords.steps, example: "direct_share")),
            Member(
                "detail", "One sentence for people.",
                example: "Shared by usr_01M7YT9ZHG03RWMAMRKZ5XW0YM on 2026-01-15T09:00:00.000Z."),
        ]
    }
}

extension AccessChecksBody: Documented {
    public static let meaning = "Questions about access."

    public static var members: [Member] {
        [Member("checks", "What is asked.", .list(1...EntityLimits.checks, of: .plain))]
    }
}

extension AccessChecksBody.Check: Documented {
    public static let schemaName = "AccessCheck"
    public static let meaning = "May this user access this entity?"

    public static var members: [Member] {
        [
            Member("entityId", "The entity.", .id(like: "ent_")),
            Member("userId", "The user; the caller by default.", .id(like: "usr_")),
        ]
    }
}

extension AccessResultsBody: Documented {
    public static let meaning = "The answers to a batch of questions about access."

    public static var members: [Member] {
        [
            Member(
                "results", "One for each check, in their order.",
                .list(1...EntityLimits.checks, of: .plain))
        ]
    }
}

extension AccessResultsBody.Result: Documented {
    public static let schemaName = "AccessResult"
    public static let meaning = "The answer to one question."

    public static var members: [Member] {
        [
            Member("entityId", "As it was asked.", .id(like: "ent_")),
            Member("userId", "As it was asked, or the caller.", .id(like: "usr_")),
            Member("granted", "Whether he may.", example: true),
            Member(
                "via", "The first step that lets him; `null` without.",
                .words(EntityWords.steps, example: "direct_share")),
        ]
    }
}
