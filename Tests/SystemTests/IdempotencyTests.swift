import Foundation
import TestSupport
import Testing

/// Requests that clients repeat because the response was lost.
@Suite(.serialized) struct IdempotencyTests {
    @Test func `fifty parallel requests with one key through the gateway create one share`()
        async throws
    {
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

    /// Each response of the service is held up as it is sent, and the service is killed when the
    /// effect is in the database: the client doesn't know of it.
    @Test(.enabled(if: canTrace))
    func `after a crash between commit and response, repeating returns the stored response`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        for round in 0..<3 {
            let pid = try #require(stack.entities?.id)
            let tracer = try holdUpAnswers(of: pid)
            try await Task.sleep(for: .milliseconds(500))
            async let response = Self.create(stack, ada.token, "k\(round)")
            #expect(
                try await eventually(within: 20_000) {
                    let count = try await SQLite.run(
                        "SELECT count(*) FROM entities WHERE name = 'k\(round)'", on: stack,
                        "entities")
                    return count.hasPrefix("1")
                })
            kill(pid, SIGKILL)
            let lost = try await response
            #expect((500...504).contains(lost.status), "\(lost.text)")
            tracer.waitUntilExit()
            _ = await stack.entities?.ended(within: 5)
            try stack.startEntities()
            try await stack.ready()
            let answer = try await Self.untilThere {
                try await Self.create(stack, ada.token, "k\(round)")
            }
            #expect(answer.status == 201 && answer["name"] == "k\(round)", "\(answer.text)")
            #expect(answer.field("idempotency-replayed") == "true")
        }
        let list = try await stack.api.call("GET", "/api/entities", token: ada.token)
        #expect(list.json?["total"]?.int == 3)
        await stack.killAll()
    }

    private static let canTrace = FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")

    private func holdUpAnswers(of pid: Int32) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
        process.arguments = [
            "-f", "-p", "\(pid)", "-e", "trace=sendto,sendmsg,writev", "-e",
            "inject=sendto,sendmsg,writev:delay_enter=1000000", "-o", "/dev/null",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Many parallel requests with a kill in between, then all of them again: one effect each.
    @Test func `whenever the service is killed, each repeated request has one effect`() async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        for round in 0..<6 {
            let milliseconds = Int.random(in: 1...60)
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
                let answer = try await Self.untilThere {
                    try await Self.create(stack, ada.token, key)
                }
                #expect(answer.status == 201 && answer["name"] == key, "\(answer.text)")
            }
        }
        let list = try await stack.api.call("GET", "/api/entities", token: ada.token)
        #expect(list.json?["total"]?.int == 6 * 40)
        let audit = try await stack.api.call(
            "GET", "/api/audit?actorId=\(ada.id)&pageSize=1", token: stack.adminToken)
        // The entity and its first publisher.
        #expect(audit.json?["total"]?.int == 2 * 6 * 40)
        await stack.killAll()
    }

    /// The gateway's breaker can still be open.
    private static func untilThere(
        _ call: () async throws -> RawResponse
    ) async throws -> RawResponse {
        var answer = try await call()
        for _ in 0..<100 where answer.status == 503 {
            try await Task.sleep(for: .milliseconds(100))
            answer = try await call()
        }
        return answer
    }

    private static func create(
        _ stack: LiveStack, _ token: String, _ key: String
    ) async throws -> RawResponse {
        try await stack.api.call(
            "POST", "/api/entities", token: token, body: #"{"name":"\#(key)","type":"app"}"#,
            fields: ["Idempotency-Key: \(key)"])
    }
}
