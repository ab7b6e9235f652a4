import Contract
import GatewayContract
import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// The callers.
private enum Who: String, CaseIterable {
    case stranger
    /// For a user's integration: a user with a share, one whose team has a share, the owner.
    case friend
    case mate
    case owner
    /// For a team's integration, and for teams: its members.
    case member
    case wizard
    case chief
    /// Platform admins: without a role in the team, as member, and as data wizard.
    case platformAdmin
    case platformMember
    case platformWizard
}

private typealias Row = MatrixLine

private let all = "ok ok ok ok ok ok ok ok ok ok"
/// A user owns the integration, so members of the team are strangers.
private let seen = "hidden ok ok ok hidden hidden hidden ok ok ok"
private let managed = "hidden manager manager ok hidden hidden hidden ok ok ok"
private let deleted = "hidden owner owner ok hidden hidden hidden ok ok ok"
private let handed = "hidden admin admin admin hidden hidden hidden ok ok ok"
private let handedToTeam = "hidden admin admin admin hidden hidden hidden weak weak ok"
/// The team owns the integration, so its creator is a stranger.
private let seenByTeam = "hidden ok ok hidden ok ok ok ok ok ok"
private let managedByTeam = "hidden manager manager hidden manager ok ok ok ok ok"
private let deletedByTeam = "hidden owner owner hidden owner owner ok ok ok ok"
private let handedByTeam = "hidden admin admin hidden admin admin admin ok ok ok"
private let handedToTeamByTeam = "hidden admin admin hidden admin admin admin weak weak ok"
/// For the team itself.
private let teamSeen = "hidden hidden hidden hidden ok ok ok ok ok ok"
private let teamManaged = "hidden hidden hidden hidden teamAdmin teamAdmin ok ok ok ok"

/// One row for each route, and one more where the body decides. A route without a row fails.
private let ofUser: [String: Row] = [
    "listIntegrations": Row(200, all),
    "createIntegration": Row(201, all, body: #"{"name":"New"}"#),
    "getIntegration": Row(200, seen),
    "updateIntegration": Row(200, managed, body: #"{"name":"Other"}"#),
    "deleteIntegration": Row(204, deleted),
    "getIntegrationAccess": Row(200, seen),
    "listIntegrationShares": Row(200, seen),
    "getIntegrationShare": Row(200, seen),
    "shareIntegration": Row(200, managed, body: #"{"accessLevel":9}"#),
    "revokeIntegrationShare": Row(204, managed),
    "getIntegrationOwner": Row(200, seen),
    "transferIntegration": Row(200, handed, body: #"{"userId":"target"}"#),
    "transferIntegration to a team": Row(200, handedToTeam, body: #"{"teamId":"b-team"}"#),
    "listTeams": Row(200, all),
    "createTeam": Row(201, all, body: #"{"name":"New"}"#),
    "getTeam": Row(200, teamSeen),
    "updateTeam": Row(200, teamManaged, body: #"{"name":"Other"}"#),
    "deleteTeam": Row(204, teamManaged),
    "listTeamMembers": Row(200, teamSeen),
    "setTeamMember": Row(200, teamManaged, body: #"{"role":"admin"}"#),
    "removeTeamMember": Row(204, teamManaged),
    "listAudit": Row(200, managed),
]

/// The differences if the team owns the integration.
private let ofTeam: [String: Row] = [
    "getIntegration": Row(200, seenByTeam),
    "updateIntegration": Row(200, managedByTeam, body: #"{"name":"Other"}"#),
    "deleteIntegration": Row(204, deletedByTeam),
    "getIntegrationAccess": Row(200, seenByTeam),
    "listIntegrationShares": Row(200, seenByTeam),
    "getIntegrationShare": Row(200, seenByTeam),
    "shareIntegration": Row(200, managedByTeam, body: #"{"accessLevel":9}"#),
    "revokeIntegrationShare": Row(204, managedByTeam),
    "getIntegrationOwner": Row(200, seenByTeam),
    "transferIntegration": Row(200, handedByTeam, body: #"{"userId":"target"}"#),
    "transferIntegration to a team": Row(
        200, handedToTeamByTeam, body: #"{"teamId":"b-team"}"#),
    "listAudit": Row(200, managedByTeam),
]

private let legend: [Substring: Refusal] = [
    "hidden": .hidden, "manager": Refusal(403, "not_an_integration_manager"),
    "owner": Refusal(403, "not_an_integration_owner"), "admin": Refusal(403, "admin_required"),
    "weak": Refusal(403, "insufficient_team_role"), "teamAdmin": Refusal(403, "not_a_team_admin"),
]

@Suite struct AuthorizationTests {
    /// An integration and all callers.
    private struct Scene {
        let served: ServedIntegrations
        let path: String
        let team: String

        init(_ served: ServedIntegrations, isTeams: Bool) async throws {
            self.served = served
            let root = served.user("root", isAdmin: true)
            _ = served.user("friend")
            _ = served.user("target")
            path = try await served.integration(by: served.user("owner"))
            team = try await served.team(
                "Team \(path.suffix(4))",
                [
                    "member": "member", "wizard": "data-wizard", "chief": "admin",
                    "target": "member",
                ],
                by: root)
            let mates = try await served.team("Mates", ["mate": "member"], by: root)
            try await served.share(path, with: "user:friend", by: root)
            try await served.share(path, with: "user:target", 5, by: root)
            try await served.share(
                path, with: "team:\(mates.split(separator: "/")[2])", by: root)
            guard isTeams else { return }
            try await served.transfer(
                path, #"{"teamId":"\#(team.split(separator: "/")[2])"}"#, by: root)
        }

        /// The request, with the ids of this scene.
        func request(_ route: Endpoint) -> String {
            let base = route.path.hasPrefix("/api/teams") ? team : path
            var place = route.path.replacing("/api/teams/{id}", with: base)
                .replacing("/api/integrations/{id}", with: base)
                .replacing("{principalId}", with: "user:target")
                .replacing("{username}", with: "target")
            if route.id == "listAudit" {
                place += "?integrationId=\(path.split(separator: "/")[2])"
            }
            return "\(route.method.rawValue) \(place)"
        }
    }

    private static let routes = IntegrationRoutes.all + [IntegrationRoutes.listAudit]

    private static func route(_ name: String) throws -> Endpoint {
        let id = String(name.prefix { $0 != " " })
        return try #require(routes.first { $0.id == id })
    }

    private func check(_ name: String, _ row: Row, isTeams: Bool) async throws {
        let route = try Self.route(name)
        let isToTeam = name.hasSuffix(" to a team")
        let scopes = isToTeam ? IntegrationRoutes.changeOwnerToTeam : []
        let matrix = try MatrixRow(
            route, success: row.success,
            strongest: isTeams || route.path.hasPrefix("/api/teams") ? Who.chief : .owner,
            words: row.verdicts, legend)
        try await ServedIntegrations.run { served in
            // Two of the platform admins are members of this team.
            _ = try await served.team(
                "B Team", ["platformmember": "member", "platformwizard": "data-wizard"],
                by: served.user("founder"))
            try await matrix.check(on: served, scopes) {
                try await Scene(served, isTeams: isTeams)
            } request: { scene, _ in
                (scene.request(route), row.body)
            }
        }
    }

    @Test(arguments: ofUser.keys.sorted())
    func `every route admits exactly the callers of the matrix, and a refusal changes nothing`(
        _ name: String
    ) async throws {
        try await check(name, try #require(ofUser[name]), isTeams: false)
    }

    @Test(arguments: ofTeam.keys.sorted())
    func `the matrix also holds if a team owns the integration`(_ name: String) async throws {
        try await check(name, try #require(ofTeam[name]), isTeams: true)
    }

    @Test func `the matrix has a row for every route and no others`() {
        let ids = ofUser.keys.filter { !$0.contains(" ") }
        #expect(Set(ids) == Set(Self.routes.map(\.id)))
        let ofIntegrations = Self.routes.filter {
            $0.path.hasPrefix("/api/integrations/{id}") || $0.id == "listAudit"
        }
        #expect(Set(ofTeam.keys.filter { !$0.contains(" ") }) == Set(ofIntegrations.map(\.id)))
    }

    @Test func `transferring to a team requires a second scope`() async throws {
        try await ServedIntegrations.run { served in
            let scene = try await Scene(served, isTeams: false)
            let founder = served.user("founder", isAdmin: true)
            _ = try await served.team("B Team", by: founder)
            let narrow = served.user("founder", scopes: ["integration:changeOwner"], isAdmin: true)
            let before = try served.database.dump()
            let refused = try await served.send(
                "PUT \(scene.path)/owner", #"{"teamId":"b-team"}"#, as: narrow)
            #expect(refused.status == 403 && refused.code == "insufficient_scope")
            let challenge = #"Bearer error="insufficient_scope", scope="#
            #expect(
                refused.field("www-authenticate")
                    == challenge + #""integration:changeOwnerToTeam""#)
            #expect(try served.database.dump() == before)
            let toUser = try await served.send(
                "PUT \(scene.path)/owner", #"{"userId":"target"}"#, as: narrow)
            #expect(toUser.status == 200)
        }
    }

    // MARK: Hidden things

    private static let hiding = ofUser.keys.sorted().filter { name in
        (try? route(name).path.contains("{id}")) == true || name == "listAudit"
    }

    @Test(arguments: hiding)
    func `responses about hidden and missing things are equal`(_ name: String) async throws {
        let route = try Self.route(name)
        let body = ofUser[name]?.body
        try await ServedIntegrations.run { served in
            let scene = try await Scene(served, isTeams: false)
            let stranger = served.user("stranger")
            let target = scene.request(route)
            let base = route.path.hasPrefix("/api/teams") ? scene.team : scene.path
            let id = String(base.split(separator: "/")[2])
            // A query that isn't UTF-8 is malformed for all paths.
            let others =
                ["int_01JHMZ0000000000000000000A", "no-such-slug", "%C3%BC"]
                + (name == "listAudit" ? [] : ["%FF"])
            try await served.expectHidden(target, body, id, from: stranger, as: others)
        }
    }

    @Test func `responses about a missing share and a missing principal are equal`() async throws {
        try await ServedIntegrations.run { served in
            let path = try await served.integration(by: served.user("ada"))
            let ada = served.user("ada")
            _ = served.user("bob")
            for method in ["GET", "DELETE"] {
                let missing = try await served.send("\(method) \(path)/shares/user:bob", as: ada)
                #expect(missing.status == 404)
                for other in ["user:nobody", "team:none", "nonsense", "user:", "%FF"] {
                    let nobody = try await served.send(
                        "\(method) \(path)/shares/\(other)", as: ada)
                    #expect(
                        nobody.text.replacing(other, with: "user:bob") == missing.text,
                        "\(method) \(other)")
                }
            }
        }
    }
}
