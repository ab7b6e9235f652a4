import Contract
import Kernel

extension IntegrationRoutes {
    private static let writeTeams = ["team:write"]

    static let teams = EndpointGroup(
        "Teams",
        "Users who own and use integrations together. A team's id is its slug and never changes. "
            + "Roles: an `admin` manages the team; a `data-wizard` or `admin` shares what the team "
            + "owns, and can receive integrations on its behalf; a `member` uses them. Members of "
            + "a team and platform admins see it, and platform admins can do everything that its "
            + "`admin`s can.",
        path: [
            Member("id", "The id of the team.", .slug.naming(.team), example: "analytics"),
            Member("username", "The username of the member.", .username.naming(.username)),
        ],
        [
            listTeams, createTeam, getTeam, updateTeam, deleteTeam, listTeamMembers, setTeamMember,
            removeTeamMember,
        ])

    public static let listTeams = Endpoint(
        "listTeams", .get, "/api/teams", summary: "List the caller's teams",
        details: "Newest first; platform admins see all teams.",
        query: [
            Member(
                "search", "Part of the name or id, case-insensitive.", .search(), example: "ana")
        ], answers: .list(of: TeamBody.self, as: IntegrationRelations.team))
    public static let createTeam = Endpoint(
        "createTeam", .post, "/api/teams", scopes: writeTeams,
        summary: "Create a team", details: "The caller becomes its `admin`.",
        takes: .json(NewTeamBody.self),
        answers: .created(TeamBody.self, tagged: true).hal,
        problems: [
            IntegrationProblems.teamIdTaken, .externalIdTaken, .adminTokenRequired, .userDeleted,
            .quotaExceeded("teams created by the caller"),
        ])
    public static let getTeam = Endpoint(
        "getTeam", .get, "/api/teams/{id}", answersAtOnce: .always, summary: "Get a team",
        answers: .ok(TeamBody.self, "The team.").hal)
    public static let updateTeam = Endpoint(
        "updateTeam", .patch, "/api/teams/{id}", scopes: writeTeams,
        summary: "Rename a team", takes: .json(TeamPatchBody.self),
        answers: .ok(TeamBody.self, "The updated team.", tagged: true).hal,
        problems: [
            IntegrationProblems.notTeamAdmin, .externalIdTaken, .adminTokenRequired, .userDeleted,
            .managedBySCIM,
        ])
    public static let deleteTeam = Endpoint(
        "deleteTeam", .delete, "/api/teams/{id}", scopes: writeTeams,
        summary: "Delete a team and its shares",
        details: "A team that owns integrations can't be deleted.", answers: .noContent,
        problems: [
            IntegrationProblems.notTeamAdmin, .userDeleted,
            IntegrationProblems.teamOwnsIntegrations, .managedBySCIM,
        ])
    public static let listTeamMembers = Endpoint(
        "listTeamMembers", .get, "/api/teams/{id}/members", summary: "List the members of a team",
        details: "Newest first.",
        answers: .list(of: TeamMemberBody.self, as: IntegrationRelations.member))
    public static let setTeamMember = Endpoint(
        "setTeamMember", .put, "/api/teams/{id}/members/{username}", scopes: writeTeams,
        summary: "Add a member to a team, or change a member's role",
        details: "Without a role a new member becomes `member`, and an existing member keeps "
            + "theirs. A user who doesn't exist is 422. The member has access to what the team "
            + "owns or has a share of from their next request on.",
        takes: .optional(TeamRoleBody.self),
        answers: .ok(TeamMemberBody.self, "Already a member.").hal,
        .created(TeamMemberBody.self, "Member added.", located: false).hal,
        problems: [
            IntegrationProblems.notTeamAdmin, .userDeleted, .tooManyUnknownUsers, .managedBySCIM,
            .quotaExceeded("members of the team"),
        ])
    public static let removeTeamMember = Endpoint(
        "removeTeamMember", .delete, "/api/teams/{id}/members/{username}", scopes: writeTeams,
        summary: "Remove a member from a team", details: "Every member can remove themselves.",
        answers: .noContent,
        problems: [IntegrationProblems.notTeamAdmin, .userDeleted, .managedBySCIM])
}
