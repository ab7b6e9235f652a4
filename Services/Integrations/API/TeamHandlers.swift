import Contract
import HTTPCore
import IntegrationsContract
import Kernel
import ServiceKit

extension IntegrationsAPI {
    func listTeams(_ request: RequestContext) throws -> Response {
        let page = try useCases.listTeams(
            search: try Text.search(try request.query("search")), try request.page(),
            by: request.caller)
        return .list(page.map { body(of: $0) }, as: IntegrationRelations.team, for: request)
    }

    func createTeam(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewTeamBody.self)
        let write = useCases.createTeam(
            try TeamDraft(name: body.name, id: body.id, externalId: body.externalId),
            by: request.caller)
        return try await request.commit(write, current: .exists) {
            .created(self.body(of: $0), location: "/api/teams/\($0.id)").tagged.hal
        }
    }

    func getTeam(_ request: RequestContext) throws -> Response {
        .resource(body(of: try useCases.getTeam(try request.team, by: request.caller))).hal
    }

    func updateTeam(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(TeamPatchBody.self)
        let write = useCases.updateTeam(
            try request.team,
            try TeamUpdate(
                name: body.name, externalId: body.externalId, managedBy: body.managedBy),
            by: request.caller)
        return try await request.commit(write, current: .shown { self.body(of: $0) }) {
            .resource(self.body(of: $0)).hal
        }
    }

    func deleteTeam(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.deleteTeam(try request.team, by: request.caller),
            current: .shown { body(of: $0) }
        ) { .noContent }
    }

    // MARK: Members

    func listTeamMembers(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listTeamMembers(
            of: try request.team, try request.page(), by: request.caller)
        return .list(
            page.map { TeamMemberBody($0) }, as: IntegrationRelations.member, for: request)
    }

    func setTeamMember(_ request: RequestContext) async throws -> Committed {
        let role = try request.decodeIfPresent(TeamRoleBody.self)?.role.required("/role")
        let write = useCases.setTeamMember(
            try request.path("username"), of: try request.team,
            to: role, by: request.caller)
        return try await request.commit(write, current: .exists(if: { $0 != nil })) {
            member, isNew in
            .json(isNew ? 201 : 200, TeamMemberBody(member)).hal
        }
    }

    func removeTeamMember(_ request: RequestContext) async throws -> Committed {
        let write = try await useCases.removeTeamMember(
            try request.path("username"), of: try request.team, by: request.caller)
        return try await request.commit(write, current: .exists) { .noContent }
    }
}

extension RequestContext {
    fileprivate var team: String { get throws(Fault) { try path("id") } }
}

extension IntegrationsAPI {
    fileprivate func body(of team: Team) -> TeamBody {
        TeamBody(
            id: team.id, name: team.name, memberCount: team.memberCount,
            externalId: team.externalId, managedBy: team.managedBy, createdAt: team.createdAt,
            below: base)
    }
}

extension TeamMemberBody {
    init(_ found: TeamMemberWithUser) {
        self.init(
            username: found.user.username, displayName: found.user.displayName,
            role: found.member.role)
    }
}
