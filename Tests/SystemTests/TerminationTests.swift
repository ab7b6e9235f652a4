import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct TerminationTests {
    @Test func `SIGTERM under load fails no request, loses no write and exits with 0`() async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let load = Load(port: stack.gatewayPort, token: ada.token)
        let loads = Task { await load.run(workers: 8) }
        let isBusy = await eventually { load.count > 200 }
        #expect(isBusy)
        let begin = Date()
        #expect(await stack.stop())
        #expect(Date().timeIntervalSince(begin) < 10)
        let outcome = await loads.value
        #expect(outcome.failures.isEmpty)
        try await stack.start()
        for id in outcome.created {
            let answer = try await stack.api.call("GET", "/api/entities/\(id)", token: ada.token)
            #expect(answer.status == 200, "lost \(id)")
        }
        await stack.killAll()
    }

    @Test func `a restart of the entities service under load only causes 503 for a moment`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let load = Load(port: stack.gatewayPort, token: ada.token, tolerates: 503)
        let loads = Task { await load.run(workers: 8) }
        for _ in 0..<3 {
            let count = load.count
            let isBusy = await eventually { load.count > count + 200 }
            #expect(isBusy)
            stack.entities?.signal(SIGTERM)
            let code = await stack.entities?.ended(within: 11)
            #expect(code == 0, "\(stack.entities?.whereItIs ?? "")")
            try stack.startEntities()
            try await stack.ready()
        }
        let count = load.count
        let isBusy = await eventually { load.count > count + 200 }
        #expect(isBusy, "it has healed")
        #expect(await stack.stop())
        let outcome = await loads.value
        #expect(outcome.failures.isEmpty)
        try await stack.start()
        for id in outcome.created {
            let answer = try await stack.api.call("GET", "/api/entities/\(id)", token: ada.token)
            #expect(answer.status == 200, "lost \(id)")
        }
        await stack.killAll()
    }

    @Test func `SIGINT exits with 0, a second signal exits at once`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        stack.gateway?.signal(SIGINT)
        #expect(await stack.gateway?.ended(within: 10) == 0)
        // A request that never ends delays the first signal, not the second.
        let client = try RawClient(port: stack.entitiesPort)
        try client.send("GET /healthz HTTP/1.1\r\nHo")
        stack.entities?.signal(SIGTERM)
        let isStopping = await eventually {
            stack.entities?.text.contains("stopping") == true
        }
        #expect(isStopping)
        stack.entities?.signal(SIGTERM)
        #expect(await stack.entities?.ended(within: 1) == 128 + SIGTERM)
    }
}

/// Clients with kept-alive connections, until the port is closed.
private final class Load: Sendable {
    struct Outcome: Sendable {
        var created: [String] = []
        /// Failures other than connections that were never served.
        var failures: [String] = []

        mutating func add(_ other: Outcome) {
            created += other.created
            failures += other.failures
        }
    }

    private let port: UInt16
    private let token: String
    private let tolerated: Int?
    private let answered = Atomic(0)

    /// The number of successful requests.
    var count: Int { answered.load(ordering: .relaxed) }

    /// - Parameter status: a status that also counts as success.
    init(port: UInt16, token: String, tolerates status: Int? = nil) {
        self.port = port
        self.token = token
        tolerated = status
    }

    func run(workers: Int) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            for worker in 0..<workers { group.addTask { await self.run(worker) } }
            return await group.reduce(into: Outcome()) { $0.add($1) }
        }
    }

    private func run(_ worker: Int) async -> Outcome {
        let result = try? await blocking { [self] in
            var outcome = Outcome()
            while let client = try? RawClient(port: port) { talk(client, worker, &outcome) }
            return outcome
        }
        return result ?? Outcome()
    }

    /// Alternates reads and writes while the connection is open.
    private func talk(_ client: RawClient, _ worker: Int, _ outcome: inout Outcome) {
        defer { client.close() }
        while true {
            let isWrite = (count + worker).isMultiple(of: 4)
            var stage = "sending"
            do {
                try client.send(isWrite ? write(worker) : read)
                guard hasAnswer(client) else { return }
                stage = "reading"
                let answer = try client.response()
                if answer.status == (isWrite ? 201 : 200) {
                    answered.add(1, ordering: .relaxed)
                    if isWrite, let id = answer["id"] { outcome.created.append(id) }
                } else if answer.status != tolerated {
                    outcome.failures.append("\(answer.status) \(answer.text)")
                }
                if answer.field("connection") == "close" { return }
            } catch {
                outcome.failures.append("\(error) while \(stage)")
                return
            }
        }
    }

    /// False if the connection was closed without a byte: it was idle or not yet accepted when the
    /// process stopped. Clients repeat such requests (RFC 9112 §9.3.1).
    private func hasAnswer(_ client: RawClient) -> Bool {
        var byte: UInt8 = 0
        return recv(client.fd, &byte, 1, Int32(MSG_PEEK)) > 0
    }

    private var read: String {
        "GET /api/entities HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \(token)\r\n\r\n"
    }

    private func write(_ worker: Int) -> String {
        let body = #"{"name":"worker \#(worker)","type":"app"}"#
        return """
            POST /api/entities HTTP/1.1\r
            Host: test\r
            Authorization: Bearer \(token)\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
    }
}
