import TestSupport
import Testing

/// Requests that are sent again, because their answer was lost.
@Suite(.serialized) struct IdempotencyTests {
    @Test func `fifty at once through the gateway make one share`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        _ = try await stack.user("bob")
        let entity = try await stack.entity(ada.token)
        let answers = try await withThrowingTaskGroup(of: RawResponse.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await stack.api.call(
                        "POST", "/api/entities/\(entity)/shares", token: ada.token,
                        body: #"{"emails":["bob@example.com"]}"#, fields: ["Idempotency-Key: one"])
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let made = answers.filter { $0.status == 200 }
        #expect(Set(answers.map(\.status)).isSubset(of: [200, 409]))
        #expect(made.filter { $0.field("idempotency-replayed") == nil }.count == 1)
        #expect(Set(made.map(\.body)).count == 1)
        let audit = try await stack.api.call(
            "GET", "/api/audit?entityId=\(entity)", token: ada.token)
        #expect(
            audit.json?["items"]?.items.count { $0["action"]?.string == "share.created" } == 1)
        await stack.killAll()
    }

    /// The process is killed at random moments while requests with keys run; each is then repeated
    /// until it is answered. Whether the crash came before, in or after the commit: one effect.
    @Test func `a crash between commit and answer leaves one effect and its answer`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        var replayed = 0
        for round in 0..<8 {
            let milliseconds = 5 + 10 * round
            async let killed: Void = {
                try? await Task.sleep(for: .milliseconds(milliseconds))
                await stack.entities?.killNow()
            }()
            let keys = (0..<40).map { "r\(round)k\($0)" }
            await withTaskGroup(of: Void.self) { group in
                for key in keys {
                    group.addTask { _ = try? await Self.create(stack, ada.token, key) }
                }
            }
            await killed
            try stack.startEntities()
            try await stack.ready()
            for key in keys {
                var answer = try await Self.create(stack, ada.token, key)
                // The gateway's breaker may still be open.
                for _ in 0..<100 where answer.status == 503 {
                    try await Task.sleep(for: .milliseconds(100))
                    answer = try await Self.create(stack, ada.token, key)
                }
                #expect(answer.status == 201 && answer["name"] == key, "\(answer.text)")
                if answer.field("idempotency-replayed") != nil { replayed += 1 }
            }
        }
        #expect(replayed > 0)
        let list = try await stack.api.call("GET", "/api/entities", token: ada.token)
        #expect(list.json?["total"]?.int == 8 * 40)
        let audit = try await stack.api.call(
            "GET", "/api/audit?actorId=\(ada.id)&pageSize=1", token: stack.adminToken)
        #expect(audit.json?["total"]?.int == 8 * 40)
        await stack.killAll()
    }

    private static func create(
        _ stack: LiveStack, _ token: String, _ key: String
    ) async throws -> RawResponse {
        try await stack.api.call(
            "POST", "/api/entities", token: token, body: #"{"name":"\#(key)","type":"app"}"#,
            fields: ["Idempotency-Key: \(key)"])
    }
}
