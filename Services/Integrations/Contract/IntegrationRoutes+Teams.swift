import Contract
import Kernel

extension IntegrationRoutes {
    private static let writeTeams = ["team:write"]

    private static let notTeamAdmin = ProblemType.forbidden(
        "not_a_team_admin",
        "The caller is a member of the team, but neither `admin` of it nor a platform admin.")

    static let teams = EndpointGroup(
        "Teams",
        "Users who own and use integrations together. A team's id is its slug and never changes. "
            + "Roles: `admin` administers the team; `data-wizard` and `admin` share what the team "
            + "owns and may take integrations over for it; `member` uses them. Teams are seen by "
            + "their members and by platform admins, who may do all that their admins may.",
        path: [
            Member("id", "The team.", .slug, example: "analytics"),
            Member("username", "The member.", .username),
        ],
        [
            listTeams, createTeam, getTeam, updateTeam, deleteTeam, listTeamMembers, setTeamMember,
            removeTeamMember,
        ])

    public static let listTeams = Endpoint(
        "listTeams", .get, "/api/teams", summary: "The teams that the caller belongs to",
        details: "Newest first; platform admins see all.",
        query: [
            Member("search", "Part of the name or id, in any case.", .search(), example: "ana")
        ], answers: .list(of: TeamBody.self, as: IntegrationRelations.team))
    public static let createTeam = Endpoint(
        "createTeam", .post, "/api/teams", scopes: writeTeams,
        summary: "Make a team; the caller becomes its admin", takes: .json(NewTeamBody.self),
        answers: .created(TeamBody.self, tagged: true).hal,
        problems: [
            .conflict("team_id_taken", "Another team has this id already."), userDeleted,
            .quotaExceeded("teams created by the caller"),
        ])
    public static let getTeam = Endpoint(
        "getTeam", .get, "/api/teams/{id}", summary: "One team",
        answers: .ok(TeamBody.self, "The team.").hal)
    public static let updateTeam = Endpoint(
        "updateTeam", .patch, "/api/teams/{id}", scopes: writeTeams,
        summary: "Change a team's name", takes: .json(TeamPatchBody.self),
        answers: .ok(TeamBody.self, "The team as it is now.", tagged: true).hal,
        problems: [notTeamAdmin, userDeleted])
    public static let deleteTeam = Endpoint(
        "deleteTeam", .delete, "/api/teams/{id}", scopes: writeTeams,
        summary: "Delete a team that owns nothing; its shares go with it", answers: .noContent,
        problems: [
            notTeamAdmin, userDeleted,
            .conflict(
                "team_owns_integrations",
                "It owns integrations: hand them over or delete them first."),
        ])
    public static let listTeamMembers = Endpoint(
        "listTeamMembers", .get, "/api/teams/{id}/members", summary: "The members of a team",
        details: "Newest first.",
        answers: .list(of: TeamMemberBody.self, as: IntegrationRelations.member))
    public static let setTeamMember = Endpoint(
        "setTeamMember", .put, "/api/teams/{id}/members/{username}", scopes: writeTeams,
        summary: "Make a user a member, or give a member another role",
        details: "Without a role a new member is `member`, and one who is a member already keeps "
            + "his. A user who does not exist is 422. What the team owns or has a share of is open "
            + "to him at his next request.",
        takes: .optional(TeamRoleBody.self),
        answers: .ok(TeamMemberBody.self, "He was a member already.").hal,
        .created(TeamMemberBody.self, "He is a member now.", located: false).hal,
        problems: [
            notTeamAdmin, userDeleted, .tooManyUnknownUsers, .quotaExceeded("members of the team"),
        ])
    public static let removeTeamMember = Endpoint(
        "removeTeamMember", .delete, "/api/teams/{id}/members/{username}", scopes: writeTeams,
        summary: "Remove a member; every member may leave", answers: .noContent,
        problems: [notTeamAdmin, userDeleted])
}
