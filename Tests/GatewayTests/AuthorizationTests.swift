import Contract
import GatewayContract
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// How a route can respond to a caller.
private enum Verdict: Equatable {
    case allowed
    case unauthenticated
    case invalidToken
    case readOnly
    case scope(String)
    case adminRequired
}

/// Who can do what, one row for each route. A route without a row fails.
private struct Row {
    var body: String?
    /// The scope that a token needs.
    var scope: String?
    var adminOnly = false
    /// Whether only platform admins can have the scope.
    var adminScope = false
    /// Also without a token, and with an invalid one.
    var isOpen = false
    /// The status for an admin who sends `body`.
    var success: Int
}

private let matrix: [String: Row] = [
    "createSignInCode": Row(body: #"{"email": "new@example.com"}"#, isOpen: true, success: 202),
    // The code is wrong for every caller.
    "createSession": Row(
        body: #"{"email": "new@example.com", "code": "12345678"}"#, isOpen: true, success: 401),
    "createProviderSession": Row(
        body: #"{"code": "x", "verifier": "y"}"#, isOpen: true, success: 401),
    // An unknown code, for every caller.
    "exchangeCode": Row(
        body: #"{"code": "x"}"#, scope: "users:act_as", adminScope: true, success: 410),
    // All callers have API tokens.
    "deleteCurrentSession": Row(success: 409),
    "getMe": Row(success: 200),
    "updateMe": Row(body: #"{"locale": "de"}"#, success: 200),
    "createUser": Row(
        body: #"{"email": "new@example.com", "username": "new", "displayName": "New"}"#,
        scope: "users:admin", adminOnly: true, success: 201),
    "listUsers": Row(scope: "users:admin", adminOnly: true, success: 200),
    "getUser": Row(scope: "users:admin", adminOnly: true, success: 200),
    "updateUser": Row(
        body: #"{"displayName": "Other"}"#, scope: "users:admin", adminOnly: true, success: 200),
    "deleteUser": Row(scope: "users:admin", adminOnly: true, success: 204),
    "listUserTokens": Row(scope: "users:admin", adminOnly: true, success: 200),
    "listUserSessions": Row(scope: "users:admin", adminOnly: true, success: 200),
    "deleteUserSessions": Row(scope: "users:admin", adminOnly: true, success: 204),
    // The ids of a token and a session that the user doesn't have.
    "deleteUserToken": Row(scope: "users:admin", adminOnly: true, success: 404),
    "deleteUserSession": Row(scope: "users:admin", adminOnly: true, success: 404),
    // Admitted, but no context is running.
    "getUserExport": Row(scope: "users:admin", adminOnly: true, success: 503),
    "listSessions": Row(success: 200),
    "deleteSessions": Row(scope: "tokens:write", success: 204),
    // Another user's, for all callers.
    "deleteSession": Row(scope: "tokens:write", success: 404),
    "offboardUser": Row(scope: "access:revoke", adminScope: true, success: 202),
    // The id of no operation.
    "getOperation": Row(scope: "access:revoke", adminScope: true, success: 404),
    "createToken": Row(body: #"{"name": "n", "scopes": []}"#, scope: "tokens:write", success: 201),
    "listTokens": Row(success: 200),
    // Another user's token, for all callers.
    "deleteToken": Row(scope: "tokens:write", success: 404),
    // Admitted, but no context is running.
    "listAudit": Row(adminOnly: true, success: 503),
    "getHealth": Row(adminOnly: true, success: 200),
    "getOpenAPI": Row(isOpen: true, success: 200),
    "getReference": Row(isOpen: true, success: 200),
    "getBranding": Row(isOpen: true, success: 200),
    "getReferencePage": Row(isOpen: true, success: 200),
    "getDirectory": Row(isOpen: true, success: 200),
    "listProblems": Row(isOpen: true, success: 200),
    "getProblem": Row(isOpen: true, success: 200),
]

private struct Principal {
    let name: String
    /// The value of Authorization.
    let credentials: String?
    var isAdmin = false
    var readOnly = false
    var scopes: Set<String> = ["users:admin", "tokens:write", "access:revoke"]
    var refusal: Verdict?

    func verdict(_ row: Row, _ endpoint: Endpoint) -> Verdict {
        if row.isOpen { return .allowed }
        if let refusal { return refusal }
        if readOnly, endpoint.method != .get { return .readOnly }
        if let scope = row.scope, !scopes.contains(scope) || row.adminScope && !isAdmin {
            return .scope(scope)
        }
        return row.adminOnly && !isAdmin ? .adminRequired : .allowed
    }
}

@Suite struct AuthorizationTests {
    /// Codes requested by admitted callers are created while others are refused.
    private let codes = [
        "code_requests", "sign_in_codes", "mails", "sqlite_sequence",
    ].reduce(into: [:]) { $0[$1] = "made in the background" }

    private func principals(_ world: GatewayWorld) async throws -> [Principal] {
        let past = "2026-01-15T09:00:30.000Z"
        let expired = try await world.user("expired", role: "admin", expiresAt: past)
        let revoked = try await world.user("revoked", role: "admin")
        let path = "/api/tokens/\(revoked.tokenId)"
        #expect(try await world.api.call("DELETE", path, token: revoked.token).status == 204)
        world.clock.advance(seconds: 30)
        let unknown = APIToken.make(prefix: APIToken.keyPrefix, random: SystemRandom())
        let member = try await world.user("member")
        let poor = try await world.user("poor", scopes: [])
        let reader = try await world.user("reader", role: "admin", readOnly: true)
        let scopeless = try await world.user("scopeless", role: "admin", scopes: ["tokens:write"])
        let admin = try await world.user(
            "admin", role: "admin", scopes: ["users:admin", "tokens:write", "access:revoke"])
        func bad(_ name: String, _ token: String) -> Principal {
            Principal(name: name, credentials: "Bearer " + token, refusal: .invalidToken)
        }
        return [
            Principal(name: "anonymous", credentials: nil, refusal: .unauthenticated),
            Principal(name: "basic", credentials: "Basic YTpi", refusal: .unauthenticated),
            bad("malformed", "sk_live_nonsense"), bad("empty", ""),
            bad("typo", String(adminToken.dropLast()) + (adminToken.hasSuffix("a") ? "b" : "a")),
            bad("unknown", unknown), bad("expired", expired.token), bad("revoked", revoked.token),
            Principal(name: "member", credentials: "bearer " + member.token),
            Principal(name: "poor", credentials: "BEARER " + poor.token, scopes: []),
            Principal(
                name: "reader", credentials: "Bearer  " + reader.token, isAdmin: true,
                readOnly: true),
            Principal(
                name: "scopeless", credentials: "Bearer " + scopeless.token, isAdmin: true,
                scopes: ["tokens:write"]),
            Principal(name: "admin", credentials: "Bearer " + admin.token, isAdmin: true),
        ]
    }

    /// Deleting the user is last.
    private var endpoints: [Endpoint] {
        (GatewayRoutes.all + [PublicAudit.list]).filter { $0.id != "deleteUser" }
            + [GatewayRoutes.deleteUser]
    }

    private func check(_ answer: RawResponse, _ verdict: Verdict, _ row: Row, _ place: Comment) {
        let challenge = answer.field("www-authenticate")
        switch verdict {
        case .allowed: #expect(answer.status == row.success, place)
        case .unauthenticated:
            #expect(answer.status == 401 && answer.code == "unauthenticated", place)
            #expect(challenge == "Bearer", place)
        case .invalidToken:
            #expect(answer.status == 401 && answer.code == "invalid_token", place)
            #expect(challenge == #"Bearer error="invalid_token""#, place)
        case .readOnly: #expect(answer.status == 403 && answer.code == "read_only_token", place)
        case .scope(let scope):
            #expect(answer.status == 403 && answer.code == "insufficient_scope", place)
            #expect(challenge == #"Bearer error="insufficient_scope", scope="\#(scope)""#, place)
        case .adminRequired: #expect(answer.status == 403 && answer.code == "admin_required", place)
        }
    }

    @Test(arguments: [false, true])
    func `every route admits exactly the callers that it should, and a refusal changes nothing`(
        throughEdge: Bool
    ) async throws {
        try await withGateway(throughEdge: throughEdge) { world in
            let victim = try await world.user("victim")
            for principal in try await principals(world) {
                // Admins come last, as they delete the victim.
                for endpoint in endpoints {
                    let row = try #require(matrix[endpoint.id], "\(endpoint.id) has no row")
                    let id = endpoint.id == "deleteToken" ? victim.tokenId : victim.id
                    let path = endpoint.path.replacing("{id}", with: id)
                        .replacing("{tokenId}", with: "tok_x")
                        .replacing("{sessionId}", with: victim.tokenId)
                        .replacing("{code}", with: "not_found")
                        .replacing("{page}", with: "users")
                    let verdict = principal.verdict(row, endpoint)
                    let before = try world.rows(except: codes)
                    let fields = principal.credentials.map { ["Authorization: \($0)"] } ?? []
                    let answer = try await world.api.call(
                        endpoint.method.rawValue, path, body: row.body, fields: fields)
                    check(answer, verdict, row, "\(principal.name) \(endpoint.id): \(answer.text)")
                    if verdict != .allowed {
                        #expect(try world.rows(except: codes) == before, "\(endpoint.id)")
                    }
                }
            }
            #expect(Set(matrix.keys) == Set(endpoints.map(\.id)))
        }
    }

    @Test(arguments: [false, true])
    func `a non-admin gets the same refusal for existing and unknown ids`(
        throughEdge: Bool
    ) async throws {
        try await withGateway(throughEdge: throughEdge) { world in
            let member = try await world.user("member")
            for method in ["GET", "DELETE"] {
                let paths = [member.id, "usr_01JHMZ0000000000000000000Z", "x"].map {
                    "/api/users/\($0)"
                }
                var bodies: Set<String> = []
                for path in paths {
                    let answer = try await world.api.call(
                        method, path, token: member.token, fields: ["X-Request-Id: same"])
                    #expect(answer.status == 403)
                    bodies.insert(answer.text.replacing(path, with: ""))
                }
                #expect(bodies.count == 1)
            }
        }
    }

    @Test func `a token in the query or body is ignored`() async throws {
        try await withGateway { world in
            for target in ["/api/me?access_token=\(adminToken)", "/api/me?token=\(adminToken)"] {
                let answer = try await world.api.call("GET", target)
                #expect(answer.status == 401 && answer.code == "unauthenticated")
            }
            let form = ["Content-Type: application/x-www-form-urlencoded"]
            let answer = try await world.api.call(
                "POST", "/api/tokens", body: "access_token=\(adminToken)", fields: form)
            #expect(answer.status == 401)
        }
    }

    @Test func `two Authorization fields are malformed`() async throws {
        try await withGateway { world in
            let line = "Authorization: Bearer \(adminToken)"
            let answer = try await world.api.call("GET", "/api/me", fields: [line, line])
            #expect(answer.status == 400)
        }
    }

    @Test func `operators' paths are not on the public port`() async throws {
        try await withGateway { world in
            for path in [
                "/metrics", "/readyz", "/internal/users/lookup", "/internal/users/find",
                "/internal/events", "/internal/leases", "/internal/credentials/lookup",
            ] {
                for method in ["GET", "POST"] {
                    let answer = try await world.api.call(method, path, token: adminToken)
                    #expect(answer.status == 404, "\(method) \(path)")
                }
            }
            #expect(try await world.api.call("GET", "/healthz").status == 200)
            #expect(try await world.inner.call("GET", "/healthz").status == 200)
            #expect(try await world.inner.call("GET", "/metrics").status == 200)
            #expect(try await world.inner.call("GET", "/api/me", token: adminToken).status == 404)
        }
    }
}
