import Contract
import Kernel

extension IntegrationShareBody: Documented {
    public static let meaning = "A share of an integration."

    public static var members: [Member] {
        [
            Member("integrationId", "The id of the integration.", .id("int_")),
            Member(
                "principalId", "The user or team that has the share.", example: "team:analytics"),
            Member("accessLevel", "The level of access.", .accessLevel, example: 1),
            Member("createdAt", "When the share was created."),
            Member("updatedAt", "When the level last changed."),
        ]
    }
}

extension IntegrationShareWithPrincipalBody: Documented {
    public static let meaning = "A share of an integration, with the name of its user or team."

    public static var members: [Member] {
        [
            Member("integrationId", "The id of the integration.", .id("int_")),
            Member(
                "principalId", "The user or team that has the share.", example: "team:analytics"),
            Member("accessLevel", "The level of access.", .accessLevel, example: 1),
            Member("principal", "The user or team that has the share."),
        ]
    }
}

extension PrincipalBody: Documented {
    public static let meaning =
        "A user or a team: access is given to principals, and principals own."

    public static var members: [Member] {
        [
            Member("id", "`user:<username>` or `team:<teamId>`.", example: "team:analytics"),
            Member("name", "The display name.", example: "Analytics Team"),
            Member("type", "The kind of principal.", example: "team"),
        ]
    }
}

extension ShareLevelBody: Documented {
    public static let schemaName = "NewIntegrationShare"
    public static let meaning = "The access level of a share."

    public static var members: [Member] {
        [
            Member(
                "accessLevel", "A whole number. Use DELETE to revoke the share.",
                .accessLevel.falling(backTo: 1), example: 1),
            Member(
                "notify",
                "Whether a user who gets access is told so by e-mail, unless they don't want such "
                    + "e-mails. Teams and changes of the level are not mailed.",
                .plain.falling(backTo: true)),
        ]
    }
}

extension OwnerBody: Documented {
    public static let schemaName = "IntegrationOwner"
    public static let meaning = "The owner of an integration."

    public static var members: [Member] {
        [
            Member("id", "The principal that owns the integration.", example: "team:analytics"),
            Member("_embedded", "The owning user or team.", example: ["inf:team": team]),
        ]
    }

    private static let team: JSONTree = ["id": "analytics", "name": "Analytics Team"]
}

extension OwnerBody.Embedded: Documented {
    public static let schemaName = "EmbeddedIntegrationOwner"
    public static let meaning = "The owner: either a user or a team."

    public static var members: [Member] {
        [
            Member("inf:user", "The owning user; absent if a team owns the integration."),
            Member("inf:team", "The owning team; absent if a user owns the integration."),
        ]
    }
}

extension OwnerBody.User: Documented {
    public static let schemaName = "OwningUser"
    public static let meaning = "A user who owns an integration."

    public static var members: [Member] {
        [
            Member("username", "The unique username.", example: "ada"),
            Member("displayName", "The display name.", example: "Ada"),
        ]
    }
}

extension OwnerBody.Team: Documented {
    public static let schemaName = "OwningTeam"
    public static let meaning = "A team that owns an integration."

    public static var members: [Member] {
        [
            Member("id", "The id, which is the team's slug.", example: "analytics"),
            Member("name", "The display name.", example: "Analytics Team"),
        ]
    }
}

extension NewOwnerBody: Documented {
    public static let schemaName = "NewIntegrationOwner"
    public static let meaning = "The new owner: exactly one of `userId` and `teamId`."

    public static var members: [Member] {
        [
            Member("userId", "The username of the new owner.", .username.naming(.username)),
            // Without an example: the body must not contain both.
            Member(
                "teamId", "The id of the team that becomes the owner.",
                .slug.naming(.team).withoutExample),
        ]
    }
}

extension Rule {
    /// The name of a principal. A test compares it with the rules for usernames and slugs.
    static var principal: Rule {
        let user = "user:[a-z0-9][a-z0-9._-]{0,\(Text.maximumUsername - 1)}"
        let team = "team:[a-z0-9]([a-z0-9-]{0,\(Text.maximumSlugLength - 2)}[a-z0-9])?"
        var rule = Rule()
        rule.pattern = "^(\(user)|\(team))$"
        rule.hint = "`user:<username>` or `team:<teamId>`"
        rule.example = "user:grace"
        return rule
    }

    fileprivate var withoutExample: Rule {
        var rule = self
        rule.example = nil
        return rule
    }
}
