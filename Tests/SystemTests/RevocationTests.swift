import TestSupport
import Testing

@Suite(.serialized) struct RevocationTests {
    @Test func `a revoked token is refused at the next request`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let other = try await stack.token(of: ada.id)
        let mine = try await stack.api.call("GET", "/api/me", token: other)
        let id = try #require(mine["tokenId"])
        // The token is cached on every loop.
        for _ in 0..<20 { _ = try await stack.api.call("GET", "/api/me", token: other) }
        let revoked = try await stack.api.call("DELETE", "/api/tokens/\(id)", token: ada.token)
        #expect(revoked.status == 204)
        for _ in 0..<20 {
            #expect(try await stack.api.call("GET", "/api/entities", token: other).status == 401)
        }
        await stack.killAll()
    }

    @Test func `a deleted user's entities are transferred, even if the entities service was down`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let grace = try await stack.user("grace")
        let entity = try await stack.entity(ada.token)
        _ = try await stack.api.call(
            "POST", "/api/entities/\(entity)/publishers", token: ada.token,
            body: #"{"userId":"\#(grace.id)"}"#)
        await stack.entities?.killNow()
        let deleted = try await stack.api.call(
            "DELETE", "/api/users/\(ada.id)", token: stack.adminToken)
        #expect(deleted.status == 204)
        #expect(try await stack.api.call("GET", "/api/me", token: ada.token).status == 401)
        // The event is on disk, so the gateway can die as well.
        await stack.gateway?.killNow()
        try await stack.start()
        let handedOver = try await eventually(within: 10_000) {
            let answer = try await stack.api.call(
                "GET", "/api/entities/\(entity)", token: grace.token)
            return answer["ownerId"] == grace.id
        }
        #expect(handedOver)
        await stack.killAll()
    }

    @Test func `no secret is in any log or metric, and every line of a log is JSON`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        _ = try await stack.entity(ada.token)
        _ = try await stack.api.call("GET", "/api/me", token: ada.token + "x")
        _ = try await stack.api.call("GET", "/api/nothing?x=1", token: ada.token)
        _ = try await stack.api.call("POST", "/api/entities", token: ada.token, body: ada.token)
        for port in [stack.internalPort, stack.entitiesPort] {
            let metrics = try await APIClient(port: port).call("GET", "/metrics")
            #expect(metrics.status == 200)
            for secret in stack.secrets { #expect(!metrics.text.contains(secret)) }
        }
        await stack.entities?.killNow()
        _ = try await stack.api.call("GET", "/api/entities", token: ada.token)
        _ = await stack.stop()
        let log = stack.logs
        #expect(log.contains("listening"))
        for secret in stack.secrets { #expect(!log.contains(secret)) }
        // An identity begins with the base64url of {".
        #expect(!log.contains("eyJ"))
        for line in log.split(separator: "\n") {
            #expect(JSONValue(Array(line.utf8))?["message"] != nil, "\(line)")
        }
    }
}
