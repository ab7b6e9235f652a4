import Contract
import Kernel

extension IntegrationShareBody: Documented {
    public static let meaning = "A share of an integration."

    public static var members: [Member] {
        [
            Member("integrationId", "The integration.", .id("int_")),
            Member("principalId", "Whom it is given to.", example: "team:analytics"),
            Member("accessLevel", "What it gives.", .accessLevel, example: 1),
            Member("createdAt", "When it was first given."),
            Member("updatedAt", "When its level last changed."),
        ]
    }
}

extension IntegrationShareWithPrincipalBody: Documented {
    public static let meaning = "A share of an integration, with whom it is given to."

    public static var members: [Member] {
        [
            Member("integrationId", "The integration.", .id("int_")),
            Member("principalId", "Whom it is given to.", example: "team:analytics"),
            Member("accessLevel", "What it gives.", .accessLevel, example: 1),
            Member("principal", "The user or the team."),
        ]
    }
}

extension PrincipalBody: Documented {
    public static let meaning = "A user or a team, to whom access is given."

    public static var members: [Member] {
        [
            Member("id", "`user:<username>` or `team:<teamId>`.", example: "team:analytics"),
            Member("name", "What people call it.", example: "Analytics Team"),
            Member(
                "type", "What it is.", .words(IntegrationWords.principalTypes, example: "team")),
        ]
    }
}

extension ShareLevelBody: Documented {
    public static let meaning = "What a share is to give."

    public static var members: [Member] {
        [
            Member(
                "accessLevel", "A whole number; DELETE revokes.",
                .accessLevel.falling(backTo: 1), example: 1)
        ]
    }
}

extension OwnerBody: Documented {
    public static let meaning = "Who owns an integration."

    public static var members: [Member] {
        [
            Member("id", "The principal.", example: "team:analytics"),
            Member("_embedded", "The user or the team.", example: ["inf:team": team]),
        ]
    }

    private static let team: JSONTree = ["id": "analytics", "name": "Analytics Team"]
}

extension OwnerBody.Embedded: Documented {
    public static let schemaName = "EmbeddedOwner"
    public static let meaning = "A user or a team: one of the two."

    public static var members: [Member] {
        [Member("inf:user", "A user."), Member("inf:team", "A team.")]
    }
}

extension OwnerBody.User: Documented {
    public static let schemaName = "OwningUser"
    public static let meaning = "A user who owns an integration."

    public static var members: [Member] {
        [
            Member("username", "His unique short name.", example: "ada"),
            Member("displayName", "What people call him.", example: "Ada"),
        ]
    }
}

extension OwnerBody.Team: Documented {
    public static let schemaName = "OwningTeam"
    public static let meaning = "A team that owns an integration."

    public static var members: [Member] {
        [
            Member("id", "Its slug.", example: "analytics"),
            Member("name", "What people call it.", example: "Analytics Team"),
        ]
    }
}

extension NewOwnerBody: Documented {
    public static let meaning = "Who is to be the owner: exactly one of `userId` and `teamId`."

    public static var members: [Member] {
        [
            Member("userId", "A username.", .username),
            // Without an example: only one of the two may be given.
            Member("teamId", "A team.", .slug.withoutExample),
        ]
    }
}

extension Rule {
    /// What names a user or a team. A test compares it with what they can be called.
    static var principal: Rule {
        let user = "user:[a-z0-9][a-z0-9._-]{0,\(Text.maximumUsername - 1)}"
        let team = "team:[a-z0-9]([a-z0-9-]{0,\(Text.maximumSlugLength - 2)}[a-z0-9])?"
        var rule = Rule()
        rule.pattern = "^(\(user)|\(team))$"
        rule.hint = "what users and teams can be called"
        rule.example = "user:grace"
        return rule
    }

    fileprivate var withoutExample: Rule {
        var rule = self
        rule.example = nil
        return rule
    }
}
