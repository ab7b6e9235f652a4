import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Every route that changes something: its conditions and repeated requests.
@Suite struct ChangeRouteTests {
    static let routes = IntegrationRoutes.all.filter(\.changesForUser)

    @Test(arguments: routes.map(\.id))
    func `a stale If-Match is refused and changes nothing`(_ route: String) async throws {
        try await ServedIntegrations.expectConditions(of: route) {
            try await Cast($0).trial(of: route)
        }
    }

    @Test(arguments: routes.filter { $0.method == .post }.map(\.id))
    func `a repeated request is refused if the caller lost permission`(
        _ route: String
    ) async throws {
        try await ServedIntegrations.expectRepetition(of: route) {
            try await Cast($0).trial(of: route)
        }
    }
}

/// An integration, a team, and users with different standings.
private struct Cast {
    let served: ServedIntegrations
    let owner: Caller
    let teamAdmin: Caller
    let root: Caller
    let path: String
    let team: String

    init(_ served: ServedIntegrations) async throws {
        self.served = served
        owner = served.user("owner")
        teamAdmin = served.user("teamadmin")
        root = served.user("root", isAdmin: true)
        for name in ["new", "guest"] { _ = served.user(name) }
        path = try await served.integration(by: owner)
        try await served.share(path, with: "user:guest", by: owner)
        team = try await served.team("A Team", ["other": "member"], by: teamAdmin)
    }

    private func creation(_ path: String) -> WriteTrial {
        WriteTrial(
            "POST \(path)", #"{"name":"New"}"#, as: served.sending(as: owner),
            loss: served.deletion(of: owner))
    }

    func trial(of route: String) async throws -> WriteTrial? {
        switch route {
        case "createIntegration": creation("/api/integrations")
        case "updateIntegration":
            served.trial("PATCH \(path)", #"{"name":"X"}"#, as: owner, shownBy: path)
        case "deleteIntegration": served.trial("DELETE \(path)", as: owner, shownBy: path)
        case "shareIntegration":
            served.trial(
                "PUT \(path)/shares/user:new", #"{"accessLevel":2}"#, as: owner, exists: false)
        case "revokeIntegrationShare":
            served.trial(
                "DELETE \(path)/shares/user:guest", as: owner,
                shownBy: "\(path)/shares/user:guest")
        case "transferIntegration":
            served.trial(
                "PUT \(path)/owner", #"{"userId":"new"}"#, as: root, shownBy: "\(path)/owner")
        case "createTeam": creation("/api/teams")
        case "updateTeam":
            served.trial("PATCH \(team)", #"{"name":"X"}"#, as: teamAdmin, shownBy: team)
        case "deleteTeam": served.trial("DELETE \(team)", as: teamAdmin, shownBy: team)
        case "setTeamMember":
            served.trial(
                "PUT \(team)/members/new", #"{"role":"member"}"#, as: teamAdmin, exists: false)
        case "removeTeamMember": served.trial("DELETE \(team)/members/other", as: teamAdmin)
        default: nil
        }
    }
}
