import Contract
import Kernel

extension TeamBody: Documented {
    public static let meaning = "Users who own and use integrations together."

    public static var members: [Member] {
        [
            Member("id", "Its slug; never changes.", example: "analytics"),
            Member("name", "What people call it.", example: "Analytics Team"),
            Member("memberCount", "How many members it has.", example: 1),
            Member("createdAt", "When it was made."),
            Member("_links", "Where it and its members are."),
        ]
    }
}

extension TeamBody.Links: Documented {
    public static let schemaName = "TeamLinks"
    public static let meaning = "Where a team and its members are."

    public static var members: [Member] {
        [Member("self", "The team."), Member("members", "Its members.")]
    }
}

extension NewTeamBody: Documented {
    public static let meaning = "A team to be."

    public static var members: [Member] {
        [
            Member("name", "What people call it.", .name(), example: "Analytics Team"),
            Member(
                "id", "Its slug; made from the name if it is left out.", .slug,
                example: "analytics"),
        ]
    }
}

extension TeamPatchBody: Documented {
    public static let meaning = "What is to change of a team."

    public static var members: [Member] {
        [Member("name", "What people call it.", .name(), example: "Analytics Team")]
    }
}

extension TeamMemberBody: Documented {
    public static let meaning = "A member of a team."

    public static var members: [Member] {
        [
            Member("username", "His unique short name.", example: "grace"),
            Member("displayName", "What people call him.", example: "Grace"),
            Member("role", "What he may do.", .words(IntegrationWords.teamRoles)),
        ]
    }
}

extension TeamRoleBody: Documented {
    public static let meaning = "What a member is to be in a team."

    public static var members: [Member] {
        [
            Member(
                "role", "His role.",
                .words(IntegrationWords.teamRoles, example: "member"))
        ]
    }
}
