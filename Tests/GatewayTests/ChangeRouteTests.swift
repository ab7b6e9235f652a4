import Contract
import GatewayContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// Every route of the gateway's own that changes something: its conditions, and the response to a
/// repeated request.
@Suite struct ChangeRouteTests {
    static let routes = GatewayRoutes.all.filter(\.changesForUser)

    @Test(arguments: routes.map(\.id))
    func `a request with a stale ETag changes nothing`(_ route: String) async throws {
        try await run(route) { world, trial in
            try await trial.conditions { try world.rows(except: Self.background) }
        }
    }

    @Test(arguments: routes.filter { $0.method == .post }.map(\.id))
    func `a stored response is returned only to a caller who still has access`(
        _ route: String
    ) async throws {
        try await run(route) { world, trial in
            try await trial.repetition { try world.rows(except: Self.background) }
        }
    }

    private static let background = ["mails": "sent in the background"]

    private func run(
        _ route: String, _ body: (GatewayWorld, WriteTrial) async throws -> [String]
    ) async throws {
        try await withGateway { world in
            let cast = try await Cast(world)
            let trial = try #require(try await cast.trial(of: route), "\(route) has no trial")
            let mistakes = try await body(world, trial)
            #expect(mistakes == [])
        }
    }
}

/// Two admins and two others: the first admin can demote the second.
private struct Cast {
    let world: GatewayWorld
    let admin: Account
    let ann: Account
    let bob: Account

    init(_ world: GatewayWorld) async throws {
        self.world = world
        admin = try await world.user("amy", role: "admin")
        ann = try await world.user("ann")
        bob = try await world.user("bob")
    }

    private func send(_ token: String) -> WriteTrial.Send {
        { [world] request, body, fields in
            let words = request.split(separator: " ")
            return try await world.api.call(
                String(words[0]), String(words[1]), token: token, body: body, fields: fields)
        }
    }

    private var demotion: (take: @Sendable () async throws -> Void, status: Int) {
        (
            take: { [world, admin] in
                let done = try await world.api.call(
                    "PATCH", "/api/users/\(admin.id)", token: adminToken,
                    body: #"{"role":"member"}"#)
                try #require(done.status == 200, "\(done.text)")
            }, status: 403
        )
    }

    func trial(of route: String) async throws -> WriteTrial? {
        let one = "/api/users/\(ann.id)"
        switch route {
        case "createUser":
            let body = #"{"email":"x@example.com","username":"x","displayName":"X"}"#
            return WriteTrial(
                "POST /api/users", body, as: send(admin.token), not: (send(bob.token), 403),
                loss: demotion)
        case "updateMe":
            return WriteTrial(
                "PATCH /api/me", #"{"locale":"de"}"#, as: send(ann.token), shownBy: "/api/me")
        case "updateUser":
            return WriteTrial(
                "PATCH \(one)", #"{"displayName":"A"}"#, as: send(admin.token),
                not: (send(bob.token), 403), shownBy: one)
        case "deleteUser":
            return WriteTrial(
                "DELETE \(one)", as: send(admin.token), not: (send(bob.token), 403), shownBy: one)
        case "offboardUser":
            return WriteTrial(
                "DELETE \(one)/access", as: send(admin.token), not: (send(bob.token), 403))
        case "createToken":
            return WriteTrial(
                "POST /api/tokens", #"{"name":"x","scopes":[],"userId":"\#(ann.id)"}"#,
                as: send(admin.token), not: (send(bob.token), 403), loss: demotion)
        case "deleteToken":
            let other = try await world.token(of: ann.id)
            return WriteTrial(
                "DELETE /api/tokens/\(other.tokenId)", as: send(ann.token),
                not: (send(bob.token), 404))
        case "exchangeCode":
            let code = "code-of-the-trial"
            let invitation = ExchangedInvitationBody(
                id: "inv_1", entityId: "ent_1", workspaceId: nil, name: "CRM",
                email: "ann@example.com", invitedBy: bob.id)
            try await world.service.database.write { tx in
                try ExchangeCodeStore.insert(
                    SHA256.hash(Array(code.utf8)), of: ann.id, invitation, in: tx)
            }
            return WriteTrial(
                "POST /api/auth/exchange", #"{"code":"\#(code)"}"#, as: send(admin.token),
                not: (send(bob.token), 403), loss: demotion)
        case "deleteUserToken":
            return WriteTrial(
                "DELETE \(one)/tokens/\(ann.tokenId)", as: send(admin.token),
                not: (send(bob.token), 403))
        default: return try await sessionTrial(of: route, "ann@example.com")
        }
    }

    private func sessionTrial(of route: String, _ email: String) async throws -> WriteTrial? {
        let began = try await world.signIn(email, try await world.newCode(email))
        let own = send(try #require(began["token"]))
        let list = try await own("GET /api/auth/sessions", nil, [])
        let id = list.json?["items"]?[0]?["id"]?.string ?? ""
        let one = "/api/users/\(ann.id)/sessions"
        switch route {
        case "deleteSession":
            return WriteTrial(
                "DELETE /api/auth/sessions/\(id)", as: send(ann.token),
                not: (send(bob.token), 404))
        case "deleteSessions":
            return WriteTrial("DELETE /api/auth/sessions", as: send(ann.token))
        case "deleteUserSession":
            return WriteTrial(
                "DELETE \(one)/\(id)", as: send(admin.token), not: (send(bob.token), 403))
        case "deleteUserSessions":
            return WriteTrial(
                "DELETE \(one)", as: send(admin.token), not: (send(bob.token), 403))
        case "deleteCurrentSession":
            return WriteTrial("DELETE /api/auth/sessions/current", as: own)
        default: return nil
        }
    }
}

/// Changes of other users' accounts require the scope for accounts.
@Suite struct AccountScopeTests {
    private func body(_ userId: String, _ scopes: String = "\"entities:write\"") -> String {
        #"{"name":"x","scopes":[\#(scopes)],"userId":"\#(userId)"}"#
    }

    @Test func `creating a token for another user requires users:admin`()
        async throws
    {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let narrow = try await world.token(
                of: nil, scopes: ["tokens:write", "entities:write"])
            let wide = try await world.token(
                of: nil, scopes: ["tokens:write", "entities:write", "users:admin"])
            let before = try world.rows()
            let refused = try await world.api.call(
                "POST", "/api/tokens", token: narrow.token, body: body(ann.id))
            #expect(refused.status == 403 && refused.code == "insufficient_scope")
            #expect(refused.field("www-authenticate")?.contains("users:admin") == true)
            // The refusal doesn't reveal who exists.
            let unknown = try await world.api.call(
                "POST", "/api/tokens", token: narrow.token, body: body("usr_none"))
            #expect(unknown.status == 403 && unknown.code == "insufficient_scope")
            // Without the role the refusal names the role, whatever the token.
            let member = try await world.api.call(
                "POST", "/api/tokens", token: ann.token, body: body(narrow.id))
            #expect(member.status == 403 && member.code == "admin_required")
            #expect(try world.rows() == before)
            let made = try await world.api.call(
                "POST", "/api/tokens", token: wide.token, body: body(ann.id))
            #expect(made.status == 201)
            // The caller's own tokens require nothing more.
            let own = try await world.api.call(
                "POST", "/api/tokens", token: narrow.token, body: body(narrow.id))
            #expect(own.status == 201)
        }
    }

    @Test func `every route for other users' accounts requires users:admin`() {
        for endpoint in GatewayRoutes.all where endpoint.path.hasPrefix("/api/users") {
            // It leaves the account as it is.
            guard endpoint.id != GatewayRoutes.offboardUser.id else { continue }
            #expect(endpoint.scopes.contains("users:admin"), "\(endpoint.id)")
        }
    }

    @Test func `a token can't create one with a scope that it lacks`()
        async throws
    {
        try await withGateway { world in
            let narrow = try await world.token(of: nil, scopes: ["tokens:write", "users:admin"])
            for scopes in ["\"*\"", "\"org:write\"", "\"users:admin\",\"webhooks:write\""] {
                let refused = try await world.api.call(
                    "POST", "/api/tokens", token: narrow.token, body: body(narrow.id, scopes))
                #expect(refused.status == 403 && refused.code == "insufficient_scope")
            }
        }
    }
}
