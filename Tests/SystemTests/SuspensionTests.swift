import TestSupport
import Testing

/// A suspended user, through all processes.
@Suite(.serialized) struct SuspensionTests {
    private func suspend(
        _ stack: LiveStack, _ id: String, _ isSuspended: Bool = true
    ) async throws {
        let answer = try await stack.api.call(
            "PATCH", "/api/users/\(id)", token: stack.adminToken,
            body: #"{"suspended":\#(isSuspended)}"#)
        try #require(answer.status == 200, "\(answer.text)")
    }

    @Test func `within a second every check says no, and grants stay`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ann = try await stack.user("ann")
        let bob = try await stack.user("bob")
        let entity = try await stack.entity(ann.token)
        _ = try await stack.api.call(
            "POST", "/api/entities/\(entity)/shares", token: ann.token,
            body: #"{"emails":["bob@example.com"]}"#)
        func check() async throws -> (granted: JSONValue?, reason: String?) {
            let answer = try await stack.api.call(
                "POST", "/api/access/check", token: ann.token,
                body: #"{"checks":[{"entityId":"\#(entity)","userId":"\#(bob.id)"}]}"#)
            let result = answer.json?["results"]?[0]
            return (result?["granted"], result?["reason"]?.string)
        }
        #expect(try await check().granted == .bool(true))
        try await suspend(stack, bob.id)
        let isDenied = try await eventually(within: 1_000) {
            try await check().reason == "user_suspended"
        }
        #expect(isDenied)
        #expect(try await check().granted == .bool(false))
        #expect(
            try await stack.api.call("GET", "/api/me", token: bob.token).code == "user_suspended")
        let shares = try await stack.api.call(
            "GET", "/api/entities/\(entity)/shares", token: ann.token)
        #expect(shares.json?["total"]?.int == 1)
        try await suspend(stack, bob.id, false)
        let isBack = try await eventually(within: 1_000) {
            try await check().granted == .bool(true)
        }
        #expect(isBack)
        #expect(try await stack.api.call("GET", "/api/me", token: bob.token).status == 200)
        await stack.killAll()
    }

    @Test func `a context that was down is told when it is back`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ann = try await stack.user("ann")
        let bob = try await stack.user("bob")
        let entity = try await stack.entity(ann.token)
        _ = try await stack.api.call(
            "POST", "/api/entities/\(entity)/publishers", token: ann.token,
            body: #"{"userId":"\#(bob.id)"}"#)
        await stack.entities?.killNow()
        try await suspend(stack, bob.id)
        // The event is on disk, so the gateway can die as well.
        await stack.gateway?.killNow()
        try await stack.start()
        #expect(
            try await stack.api.call("GET", "/api/me", token: bob.token).code == "user_suspended")
        let isDenied = try await eventually(within: 10_000) {
            let answer = try await stack.api.call(
                "GET", "/api/entities/\(entity)/access?userId=\(bob.id)", token: ann.token)
            return answer.json?["granted"] == .bool(false)
        }
        #expect(isDenied)
        await stack.killAll()
    }
}
