import Contract
import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

private struct Question: Codable, Sendable { let text: String }
private struct Answer: Codable, Sendable, Equatable { let text: String }

private let ask = Endpoint(
    "ask", .post, "/internal/ask", access: .service, readsOnly: true, summary: "Ask")
private let order = Endpoint(
    "order", .post, "/internal/order", access: .service, readsOnly: false, summary: "Order")

@Suite struct ServiceClientTests {
    /// What a client gets from a neighbour that speaks `script`.
    private func call(
        deadline: Int = .max, _ script: @escaping @Sendable (RawClient) throws -> Void
    ) async throws -> Result<Answer, Fault> {
        let server = RawServer { connection, _ in
            let head = String(decoding: try connection.receive(through: "\r\n\r\n"), as: UTF8.self)
            let length = head.firstMatch(of: /Content-Length: ([0-9]+)/)?.output.1 ?? "0"
            _ = try connection.receive(exactly: Int(length) ?? 0)
            try script(connection)
        }
        defer { server.stop() }
        return try await call(server.port, deadline: deadline)
    }

    private func call(_ port: UInt16, deadline: Int) async throws -> Result<Answer, Fault> {
        let group = EventLoopGroup(count: 1)
        let signer = IdentitySigner(issuer: "gateway", secret: secret, clock: SystemClock())
        let client = ServiceClient(
            "test", at: ServiceURL(host: "127.0.0.1", port: port), signer: signer, on: group)
        defer { group.stop() }
        do throws(Fault) {
            let question = Question(text: "é")
            return .success(
                try await client.call(ask, question, as: Answer.self, limit: deadline))
        } catch {
            return .failure(error)
        }
    }

    private func answering(_ status: Int, _ body: String) async throws -> Result<Answer, Fault> {
        try await call {
            try $0.send("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
    }

    @Test func `a call is signed for its target and carries its deadline`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let logger = LogBook().logger()
        let runtime = Runtime(group: group, logger: logger)
        let route = Route.now(ask) { request in
            let question = try request.decode(Question.self)
            let wait = Ticks.now.milliseconds(until: request.deadline)
            return .json(Answer(text: question.text + (wait > 0 && wait <= 700 ? "!" : "?")))
        }
        let server = try await APIServer([route], options: .init(), runtime: runtime) {
            IdentityAuthenticator(audience: "test", secret: secret, clock: SystemClock())
        }
        #expect(try await call(server.port, deadline: 700).get() == Answer(text: "é!"))
        await server.drain(milliseconds: 0)
    }

    @Test func `a response is decoded, and unknown members are ignored`() async throws {
        #expect(try await answering(200, #"{"text": "a", "more": 1}"#).get() == Answer(text: "a"))
    }

    @Test(
        arguments: [
            (503, "{}", .unavailable), (500, "{}", .badUpstream), (404, "{}", .badUpstream),
            (401, "{}", .badUpstream), (422, "{}", .badUpstream), (204, "", .badUpstream),
            (302, "", .badUpstream), (200, "", .badUpstream), (200, "{", .badUpstream),
            (200, "{}", .badUpstream), (200, #"{"text": 5}"#, .badUpstream),
            (200, "[]", .badUpstream),
        ] as [(Int, String, Fault.Kind)])
    func `an invalid response is reported as bad upstream`(
        status: Int, body: String, kind: Fault.Kind
    ) async throws {
        guard case .failure(let fault) = try await answering(status, body) else {
            Issue.record("an answer of \(status) \(body)")
            return
        }
        #expect(fault.kind == kind && (fault.retryAfter != nil) == (kind == .unavailable))
        #expect(!fault.detail.contains("text") && !fault.detail.contains("test"))
    }

    @Test func `a service that is down or slow is reported as unavailable`() async throws {
        let slow = try await call(deadline: 100) { _ in pauseThread(milliseconds: 1_000) }
        let down = try await call(Ports.next(), deadline: 500)
        for result in [slow, down] {
            guard case .failure(let fault) = result else {
                Issue.record("an answer")
                return
            }
            #expect(fault.kind == .unavailable && fault.code == "upstream_unavailable")
        }
    }

    @Test func `a response that is too large is cut off`() async throws {
        let result = try await call { connection in
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
            let part = [UInt8](repeating: 0x20, count: 1 << 20)
            for _ in 0..<20 { try connection.send(part) }
        }
        guard case .failure(let fault) = result else {
            Issue.record("an answer")
            return
        }
        #expect(fault.kind == .badUpstream)
    }

    // MARK: Deadlines

    private func failure(
        _ script: @escaping @Sendable (RawClient) throws -> Void
    ) async throws -> (code: String?, waited: Duration) {
        let clock = ContinuousClock()
        let begin = clock.now
        guard case .failure(let fault) = try await call(script) else { return (nil, .zero) }
        return (fault.code, clock.now - begin)
    }

    /// Each of these neighbours would have answered in the end.
    @Test func `a call to a service that never responds ends after a second`()
        async throws
    {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}"
        let result = try await failure { connection in
            pauseThread(milliseconds: 60_000)
            try connection.send(answer)
        }
        #expect(result.code == "upstream_unavailable" && result.waited >= .milliseconds(990))
    }

    @Test(arguments: [0, 38]) func `a call to a service that responds slowly ends after a second`(
        begun: Int
    ) async throws {
        let answer = Array(
            "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}".utf8)
        let result = try await failure { connection in
            try connection.send(Array(answer[..<begun]))
            for byte in answer[begun...] {
                try connection.send([byte])
                pauseThread(milliseconds: 5_000)
            }
        }
        #expect(result.code == "upstream_unavailable" && result.waited >= .milliseconds(990))
    }

    /// The deadlines of which neighbours are told when they are asked within `patience`.
    private func told(
        _ endpoint: Endpoint, limit: Int = .max, patience: Int? = nil, together: Bool = false
    ) async throws -> [Int] {
        let told = Mutex<[Int]>([])
        let server = RawServer { connection, _ in
            let head = String(decoding: try connection.receive(through: "\r\n\r\n"), as: UTF8.self)
            let text = head.firstMatch(of: /Latchkey-Deadline: ([0-9]+)/)?.output.1 ?? ""
            told.withLock { $0.append(Int(text) ?? -1) }
            _ = try connection.receive(exactly: 13)
            pauseThread(milliseconds: 20)
            try connection.send(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}"
            )
        }
        let group = EventLoopGroup(count: 1)
        defer {
            server.stop()
            group.stop()
        }
        let client = ServiceClient(
            "test", at: ServiceURL(host: "127.0.0.1", port: server.port),
            signer: IdentitySigner(issuer: "gateway", secret: secret, clock: SystemClock()),
            on: group)
        var scope = RequestScope()
        if let patience { scope.deadline = Ticks.now.adding(milliseconds: patience) }
        let ask: @Sendable () async throws -> Void = {
            for _ in 0..<2 {
                _ = try? await client.call(
                    endpoint, Question(text: "a"), as: Answer.self, limit: limit)
            }
        }
        try await RequestScope.$current.withValue(scope) {
            if together { try await ServiceClient.asOneQuery(ask) } else { try await ask() }
        }
        return told.withLock { $0 }
    }

    @Test func `queries take at most a second, commands five, and callers can shorten that`()
        async throws
    {
        #expect(try await told(ask) == [1_000, 1_000])
        #expect(try await told(ask, limit: 60_000) == [1_000, 1_000])
        #expect(try await told(ask, limit: 700) == [700, 700])
        #expect(try await told(order) == [5_000, 5_000])
    }

    @Test func `a call ends before the deadline of its request`() async throws {
        #expect(try await told(ask, patience: 10_000) == [1_000, 1_000])
        for deadline in try await told(order, patience: 2_000) {
            #expect(deadline > 0 && deadline <= 2_000 - ServiceClient.margin)
        }
        // What is left would not do for an answer: nobody is asked.
        #expect(try await told(ask, patience: ServiceClient.margin) == [])
    }

    @Test func `a query split into several calls has the deadline of one`() async throws {
        let deadlines = try await told(ask, together: true)
        #expect(deadlines.allSatisfy { $0 <= 1_000 })
        #expect(deadlines.count < 2 || deadlines[1] <= deadlines[0] - 20)
    }
}
