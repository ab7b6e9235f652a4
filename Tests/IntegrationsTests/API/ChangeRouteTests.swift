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
        try await run(route) { served, trial in
            try await trial.conditions { try served.database.everything() }
        }
    }

    @Test(arguments: routes.filter { $0.method == .post }.map(\.id))
    func `a repeated request is refused if the caller lost permission`(
        _ route: String
    ) async throws {
        try await run(route) { served, trial in
            try await trial.repetition { try served.database.everything() }
        }
    }

    private func run(
        _ route: String, _ body: (ServedIntegrations, WriteTrial) async throws -> [String]
    ) async throws {
        try await ServedIntegrations.run { served in
            let cast = try await Cast(served)
            let trial = try #require(try await cast.trial(of: route), "\(route) has no trial")
            let mistakes = try await body(served, trial)
            #expect(mistakes == [])
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

    private func send(as caller: Caller) -> WriteTrial.Send {
        { [served] in try await served.send($0, $1, as: caller, fields: $2) }
    }

    private func creation(_ path: String) -> WriteTrial {
        WriteTrial(
            "POST \(path)", #"{"name":"New"}"#, as: send(as: owner),
            loss: (
                take: { [served, owner] in
                    let told = try await served.sendAsService(
                        "POST /internal/events", WriteTrial.deletion(of: owner.userId))
                    try #require(told.status == 200, "\(told.text)")
                }, status: 403
            ))
    }

    private func trial(
        _ request: String, _ body: String? = nil, as caller: Caller, shownBy: String? = nil,
        exists: Bool = true
    ) -> WriteTrial {
        WriteTrial(
            request, body, as: send(as: caller),
            not: (send(as: served.user("stranger")), 404), shownBy: shownBy, exists: exists)
    }

    func trial(of route: String) async throws -> WriteTrial? {
        switch route {
        case "createIntegration": creation("/api/integrations")
        case "updateIntegration":
            trial("PATCH \(path)", #"{"name":"X"}"#, as: owner, shownBy: path)
        case "deleteIntegration": trial("DELETE \(path)", as: owner, shownBy: path)
        case "shareIntegration":
            trial(
                "PUT \(path)/shares/user:new", #"{"accessLevel":2}"#, as: owner, exists: false)
        case "unshareIntegration":
            trial(
                "DELETE \(path)/shares/user:guest", as: owner,
                shownBy: "\(path)/shares/user:guest")
        case "changeIntegrationOwner":
            trial(
                "PUT \(path)/owner", #"{"userId":"new"}"#, as: root, shownBy: "\(path)/owner")
        case "createTeam": creation("/api/teams")
        case "updateTeam": trial("PATCH \(team)", #"{"name":"X"}"#, as: teamAdmin, shownBy: team)
        case "deleteTeam": trial("DELETE \(team)", as: teamAdmin, shownBy: team)
        case "setTeamMember":
            trial(
                "PUT \(team)/members/new", #"{"role":"member"}"#, as: teamAdmin, exists: false)
        case "removeTeamMember": trial("DELETE \(team)/members/other", as: teamAdmin)
        default: nil
        }
    }
}
