import Foundation
import Glibc
import TestSupport
import Testing

/// Resource exhaustion from outside.
@Suite(.serialized) struct ExhaustionTests {
    @Test func `without free descriptors the gateway neither spins nor dies, and recovers later`()
        async throws
    {
        let stack = try await LiveStack(["LATCHKEY_LOOPS": "1"])
        try stack.startEntities(through: ["sh", "-c", "ulimit -n 64 && exec \"$@\"", "sh"])
        try stack.startGateway()
        try await stack.ready()
        let ada = try await stack.user("ada")
        let entity = try await stack.entity(ada.token)
        let process = try #require(stack.entities?.id)
        var clients = try (0..<100).map { _ in try RawClient(port: stack.entitiesPort) }
        let isFull = await eventually { Self.descriptors(process) >= 60 }
        #expect(isFull)
        let before = Self.ticks(process)
        try await Task.sleep(for: .milliseconds(500))
        // Half a second has 50 ticks.
        #expect(Self.ticks(process) - before < 25)
        // The gateway already has a connection.
        let path = "/api/entities/\(entity)"
        #expect(try await stack.api.call("GET", "/api/me", token: ada.token).status == 200)
        for client in clients { client.close() }
        clients = []
        let serves = await eventually {
            (try? await stack.api.call("GET", path, token: ada.token).status) == 200
        }
        #expect(serves)
        #expect(
            stack.entities?.id == process && stack.entities?.isRunning == true,
            "\(stack.entities?.whereItIs ?? "")")
        await stack.killAll()
    }

    @Test func `no JSON crashes a process`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let deep = 100_000
        let bodies = [
            String(repeating: "[", count: 1_000_000),
            String(repeating: "[", count: deep) + String(repeating: "]", count: deep),
            String(repeating: #"{"a":"#, count: deep) + "1" + String(repeating: "}", count: deep),
            #"{"name":1e400,"type":"app"}"#, #"{"name":9223372036854775808,"type":"app"}"#,
            #"{"name":"\ud800","type":"app"}"#, #"{"name":"\u0000","type":"app"}"#,
            #"{"name":"a","name":"b","type":"app","scopes":["*"]}"#, "\u{FEFF}{}", "", "null", "\"",
            "[\(Array(repeating: "1", count: 100_000).joined(separator: ","))]",
        ]
        for body in bodies {
            for target in ["/api/entities", "/api/tokens", "/api/access/check"] {
                let answer = try await stack.api.call("POST", target, token: ada.token, body: body)
                #expect((200..<500).contains(answer.status), "\(target) \(body.prefix(50))")
            }
        }
        #expect(stack.gateway?.isRunning == true && stack.entities?.isRunning == true)
        await stack.killAll()
    }

    private static func descriptors(_ process: Int32) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd"))?.count ?? 0
    }

    /// Processor time, in hundredths of a second (proc(5)).
    private static func ticks(_ process: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        // Fields are counted from behind the name, which can contain anything.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }
}
