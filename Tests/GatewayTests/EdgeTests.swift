import EventLoop
import FoundationEssentials
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Gateways that ask another one for users and tokens.
@Suite struct EdgeTests {
    private func check(
        _ api: APIClient, _ token: String, as user: String? = nil
    ) async throws -> RawResponse {
        try await api.call(
            "GET", "/api/entities", token: token,
            fields: user.map { ["Latchkey-User: \($0)"] } ?? [])
    }

    private func revoke(_ account: Account, at api: APIClient) async throws -> Int {
        try await api.call(
            "DELETE", "/api/users/\(account.id)/tokens/\(account.tokenId)", token: adminToken
        ).status
    }

    private func suspend(
        _ account: Account, _ isSuspended: Bool = true, at api: APIClient
    ) async throws -> Int {
        try await api.call(
            "PATCH", "/api/users/\(account.id)", token: adminToken,
            body: #"{"suspended": \#(isSuspended)}"#
        ).status
    }

    private func metric(_ api: APIClient, _ line: String) async throws -> Double? {
        let metrics = try await api.call("GET", "/metrics").text
        return metrics.split(separator: "\n").first { $0.hasPrefix(line) }
            .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
    }

    /// Waits until the edge gateway needs to ask nobody for this token.
    private func keep(_ account: Account, at edge: RunningEdge) async throws {
        let inner = APIClient(port: edge.service.internalPort)
        let asked = #"latchkey_lease_questions_total{from="service",grantor="gateway"}"#
        let isKept = try await eventually {
            _ = try await check(edge.api, account.token)
            let before = try await metric(inner, asked)
            guard try await check(edge.api, account.token).status == 200 else { return false }
            return try await metric(inner, asked) == before
        }
        try #require(isKept)
    }

    @Test func `a revoked token is refused at every gateway, whichever has revoked it`()
        async throws
    {
        try await withEdges(2) { world, edges in
            for round in 0..<6 {
                let ann = try await world.user("ann\(round)")
                for edge in edges { try await keep(ann, at: edge) }
                // Others ask all the time, so that answers are on their way while it changes.
                let asking = edges.map { edge in
                    Task { while !Task.isCancelled { _ = try await check(edge.api, ann.token) } }
                }
                let apis = [world.api] + edges.map(\.api)
                #expect(try await revoke(ann, at: apis[round % 3]) == 204)
                for api in apis {
                    for _ in 0..<4 {
                        let refused = try await check(api, ann.token)
                        #expect(refused.status == 401 && refused.code == "invalid_token")
                    }
                }
                for task in asking { task.cancel() }
                for task in asking { _ = await task.result }
            }
        }
    }

    @Test func `a suspended user has no access at any gateway, and has it again afterwards`()
        async throws
    {
        try await withEdges(2) { world, edges in
            let ann = try await world.user("ann")
            for _ in 0..<3 {
                for edge in edges { try await keep(ann, at: edge) }
                #expect(try await suspend(ann, at: edges[0].api) == 200)
                for edge in edges {
                    #expect(try await check(edge.api, ann.token).code == "user_suspended")
                    let acting = try await check(edge.api, adminToken, as: ann.id)
                    #expect(acting.status == 403 && acting.code == "cannot_act_as")
                }
                #expect(try await suspend(ann, false, at: world.api) == 200)
                for edge in edges {
                    #expect(try await check(edge.api, ann.token).status == 200)
                    #expect(try await check(edge.api, adminToken, as: ann.id).status == 200)
                }
            }
        }
    }

    @Test func `a paused gateway delays a revocation by a second, and refuses when it goes on`()
        async throws
    {
        try await withEdges(2) { world, edges in
            for round in 0..<3 {
                let ann = try await world.user("ann\(round)")
                for edge in edges { try await keep(ann, at: edge) }
                let late = try await edges[0].paused {
                    // It waits in the gateway's socket while the token is revoked.
                    let client = try RawClient(port: edges[0].service.port)
                    let begin = Ticks.now
                    #expect(try await revoke(ann, at: world.api) == 204)
                    // A second, and what a busy machine adds; without an end it would hang.
                    #expect(begin.milliseconds(until: .now) < 10_000)
                    try client.send(
                        "GET /api/entities HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            + "Authorization: Bearer \(ann.token)\r\n\r\n")
                    #expect(try await check(edges[1].api, ann.token).status == 401)
                    return client
                }
                let answer = try await blocking { try late.response() }
                late.close()
                #expect(answer.status == 401, "\(answer.text)")
            }
        }
    }

    @Test func `without the primary a gateway answers for less than a second, and then 503`()
        async throws
    {
        let seen = Log<[Seen]>([])
        try await withEdges(seen: seen) { world, edges in
            let ann = try await world.user("ann")
            try await keep(ann, at: edges[0])
            await world.service.stop()
            // Its lease lasts, or the request waits: either is well, but for 200 after a second.
            let begin = Ticks.now
            var statuses: [Int] = []
            repeat {
                let sent = Ticks.now
                let answer = try await check(edges[0].api, ann.token)
                statuses.append(answer.status)
                if begin.milliseconds(until: sent) >= 1_000 { #expect(answer.status == 503) }
                if answer.status == 503 {
                    #expect(answer.field("retry-after") == "1")
                    #expect(answer.code == "upstream_unavailable")
                }
            } while statuses.last == 200 && begin.milliseconds(until: .now) < 20_000
            #expect(statuses.last == 503)
            // Later ones don't wait.
            let isQuick = try await eventually(within: 8_000) {
                let sent = Ticks.now
                let status = try await check(edges[0].api, ann.token).status
                return status == 503 && sent.milliseconds(until: .now) < 500
            }
            #expect(isQuick)
            let alive = try await edges[0].api.call("GET", "/healthz")
            #expect(alive.status == 200)
        }
    }

    @Test func `what acts for users and names them by external ids works through an edge`()
        async throws
    {
        let seen = Log<[Seen]>([])
        try await withEdges(seen: seen) { world, edges in
            let api = edges[0].api
            let ann = try await world.user("ann")
            let patch = try await api.call(
                "PATCH", "/api/users/\(ann.id)", token: adminToken,
                body: #"{"externalId": "crm/7"}"#)
            #expect(patch.status == 200, "\(patch.text)")
            for _ in 0..<3 {
                #expect(try await check(api, adminToken, as: "ext:crm/7").status == 200)
            }
            for name in ["ext:crm/8", "usr_nobody"] {
                let refused = try await check(api, adminToken, as: name)
                #expect(refused.status == 422, "\(refused.text)")
            }
            #expect(try await check(api, ann.token, as: ann.id).code == "insufficient_scope")
            let path = "/api/entities/ent_1/publishers/ext:crm%2F7"
            for token in [adminToken, ann.token] {
                #expect(try await api.call("DELETE", path, token: token).status == 200)
            }
            let targets = seen.value.map(\.target).filter { $0.contains("publishers") }
            #expect(
                targets == [String](repeating: "/api/entities/ent_1/publishers/\(ann.id)", count: 2)
            )
            // The primary answers with the client's own words.
            let user = try await api.call("GET", "/api/users/ext:crm%2F7", token: adminToken)
            #expect(user.status == 200 && user["id"] == ann.id)
            let missing = try await api.call("GET", "/api/users/ext:crm%2F8", token: adminToken)
            #expect(missing.status == 404 && missing["instance"] == "/api/users/ext:crm%2F8")
        }
    }

    @Test func `unknown names of a caller are counted at the primary, for all gateways together`()
        async throws
    {
        try await withEdges(2, extra: ["LATCHKEY_UNKNOWN_USER_LIMIT": "4"]) { world, edges in
            let ann = try await world.user("ann")
            for number in 0..<4 {
                let path = "/api/entities/ent_1/publishers/ext:no\(number)"
                let answer = try await edges[number % 2].api.call(
                    "DELETE", path, token: ann.token)
                #expect(answer.status == 200)
            }
            for api in [world.api] + edges.map(\.api) {
                let refused = try await api.call(
                    "DELETE", "/api/entities/ent_1/publishers/ext:no", token: ann.token)
                #expect(refused.status == 429 && refused.code == "too_many_unknown_users")
            }
        }
    }

    @Test func `limits are each gateway's own, and a token's own rate holds at each`()
        async throws
    {
        let extra = ["LATCHKEY_RATE_LIMIT": "5", "LATCHKEY_RATE_LIMIT_ADDRESS": "0"]
        try await withEdges(2, extra: extra) { world, edges in
            let own = try await world.api.call(
                "POST", "/api/tokens", token: adminToken,
                body: #"{"name": "own", "scopes": ["*"], "rateLimit": 1}"#)
            let token = try #require(own["token"], "\(own.text)")
            for edge in edges {
                var statuses: [Int] = []
                for _ in 0..<4 {
                    let answer = try await check(edge.api, token)
                    statuses.append(answer.status)
                    #expect(answer.fields.count { $0.name == "ratelimit" } == 1)
                }
                #expect(statuses.first == 200 && statuses.contains(429), "\(statuses)")
            }
        }
    }

    @Test func `the primary learns the client's address and when tokens were used`() async throws {
        let extra = ["LATCHKEY_TRUSTED_PROXIES": "127.0.0.0/8"]
        try await withEdges(extra: extra) { world, edges in
            let code = try await world.newCode("ann@example.com")
            let session = try await edges[0].api.call(
                "POST", "/api/auth/sessions",
                body: #"{"email": "ann@example.com", "code": "\#(code)"}"#,
                fields: ["X-Forwarded-For: 203.0.113.7", "User-Agent: Probe/1"])
            let token = try #require(session["token"], "\(session.text)")
            let list = try await edges[0].api.call("GET", "/api/auth/sessions", token: token)
            let one = list.json?["items"]?[0]
            #expect(one?["address"]?.string == "203.0.113.7")
            #expect(one?["userAgent"]?.string == "Probe/1")
            let bob = try await world.user("bob")
            #expect(try await check(edges[0].api, bob.token).status == 200)
            let isNoted = try await eventually {
                let tokens = try await world.api.call(
                    "GET", "/api/users/\(bob.id)/tokens", token: adminToken)
                return tokens.json?["items"]?[0]?["lastUsedAt"]?.string != nil
            }
            #expect(isNoted)
        }
    }

    @Test func `the internal port serves the API to edge gateways alone`() async throws {
        try await withEdges { world, _ in
            func call(_ fields: [String]) async throws -> RawResponse {
                try await world.inner.call("GET", "/api/me", token: adminToken, fields: fields)
            }
            func identity(_ issuer: String) -> String {
                let signer = IdentitySigner(
                    issuer: issuer, secret: Array(internalSecret.utf8), clock: world.clock)
                return "Latchkey-Identity: " + signer.service(audience: "gateway")
            }
            #expect(try await call([]).status == 404)
            #expect(try await call([identity("entities")]).status == 404)
            #expect(try await call([identity("gateway")]).status == 200)
            for name in ["entities", "gateway"] {
                let asked = try await world.inner.call(
                    "POST", "/internal/credentials/lookup", body: #"{"tokens":[],"users":[]}"#,
                    fields: [identity(name)])
                #expect(asked.status == (name == "gateway" ? 200 : 401), "\(asked.text)")
            }
            for path in ["/healthz", "/readyz", "/metrics"] {
                #expect(try await world.inner.call("GET", path).status != 404, "\(path)")
            }
        }
    }

    @Test func `an edge gateway is ready once it has reached the primary, and has no database`()
        async throws
    {
        try await withEdges { world, edges in
            let inner = APIClient(port: edges[0].service.internalPort)
            let isLeased = try await eventually {
                try await metric(inner, #"latchkey_lease_current{grantor="gateway"}"#) == 1
            }
            #expect(isLeased)
            #expect(try await metric(world.inner, "latchkey_lease_sessions") == 1)
            let ready = try await inner.call("GET", "/readyz")
            #expect(ready.status == 200, "\(ready.text)")
            #expect(try await metric(inner, "latchkey_sqlite") == nil)
        }
        let url = "http://127.0.0.1:\(Ports.next())"
        let (settings, mistakes) = readSettings(["LATCHKEY_PRIMARY_URL": url])
        #expect(mistakes.isEmpty && settings.primaryURL == ServiceURL(url))
        let group = EventLoopGroup(count: 1)
        var values = [
            "LATCHKEY_INTERNAL_SECRET": internalSecret, "LATCHKEY_PRIMARY_URL": url,
            "LATCHKEY_PORT": "0", "LATCHKEY_INTERNAL_PORT": "0",
        ]
        for name in ["ENTITIES", "ORGANIZATIONS", "INTEGRATIONS", "INVITATIONS"] {
            values["LATCHKEY_\(name)_URL"] = "http://127.0.0.1:\(Ports.next())"
        }
        let (configuration, _) = readSettings(values)
        let edge = try await makeEdgeGateway(
            configuration, Runtime(group: group, logger: LogBook().logger()),
            primary: try #require(ServiceURL(url)), gate: PublicGate(configuration.gate))
        let alone = try await APIClient(port: edge.internalPort).call("GET", "/readyz")
        #expect(alone.status == 503 && alone.text.contains("primary"), "\(alone.text)")
        await edge.stop()
        group.stop()
    }

    @Test func `an edge gateway needs a key of its own kind`() {
        let keys = ServiceKeys(SecretList(Array(repeating: 7, count: 32)))
        #expect(keys.connectGateways)
        let (_, mistakes) = readSettings([
            "LATCHKEY_PRIMARY_URL": "http://127.0.0.1:1", "LATCHKEY_INTERNAL_SECRET": "",
            "LATCHKEY_INTERNAL_KEYS": "gateway>entities:" + String(repeating: "A", count: 43),
        ])
        #expect(mistakes.contains { $0.contains("gateway>gateway") }, "\(mistakes)")
    }
}
