import Contract
import Kernel

extension TeamBody: Documented {
    public static let meaning = "Users who own and use integrations together."

    public static var members: [Member] {
        [
            Member("id", "The id, which is the team's slug; never changes.", example: "analytics"),
            Member("name", "The display name.", example: "Analytics Team"),
            Member("memberCount", "The number of members.", example: 1),
            .externalId(of: "team"),
            Member(
                "managedBy",
                "`scim` if an identity provider manages the team's name, external id and members; "
                    + "`null` otherwise.", example: .null),
            Member("createdAt", "When the team was created."),
            Member("_links", "Links to the team and its members."),
        ]
    }
}

extension TeamBody.Links: Documented {
    public static let schemaName = "TeamLinks"
    public static let meaning = "Links to a team and its members."

    public static var members: [Member] {
        [Member("self", "The team."), Member("members", "Its members.")]
    }
}

extension NewTeamBody: Documented {
    public static let meaning = "A new team."

    public static var members: [Member] {
        [
            Member("name", "The display name.", .name(), example: "Analytics Team"),
            Member(
                "id", "The id, a slug; derived from `name` if absent.", .slug,
                example: "analytics"),
            .newExternalId(of: "team"),
        ]
    }
}

extension TeamPatchBody: Documented {
    public static let meaning = "Changes to a team."

    public static var members: [Member] {
        [
            Member("name", "The display name.", .name(), example: "Analytics Team"),
            .newExternalId(of: "team", isClearable: true),
            Member(
                "managedBy",
                "`null` ends that an identity provider manages the team, until it changes the "
                    + "team again; for platform admins. Another value than the team's is ignored.",
                .plain.clearable),
        ]
    }
}

extension TeamMemberBody: Documented {
    public static let meaning = "A member of a team."

    public static var members: [Member] {
        [
            Member("username", "The unique username.", example: "grace"),
            Member("displayName", "The display name.", example: "Grace"),
            Member("role", "The member's role."),
        ]
    }
}

extension TeamRoleBody: Documented {
    public static let schemaName = "NewTeamMember"
    public static let meaning = "The role of a team member."

    public static var members: [Member] {
        [
            Member(
                "role",
                "The role; if absent, a new member becomes `member` and others keep theirs.",
                example: "member")
        ]
    }
}
