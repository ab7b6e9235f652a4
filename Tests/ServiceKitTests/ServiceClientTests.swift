import Contract
import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

private struct Question: Codable, Sendable { let text: String }
private struct Answer: Codable, Sendable, Equatable { let text: String }

private let ask = Endpoint("ask", .post, "/internal/ask", access: .service, summary: "Ask")

@Suite struct ServiceClientTests {
    /// What a client gets from a neighbour that speaks `script`.
    private func call(
        deadline: Int = 1_000, _ script: @escaping @Sendable (RawClient) throws -> Void
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
                try await client.call(ask, question, as: Answer.self, deadline: deadline))
        } catch {
            return .failure(error)
        }
    }

    private func answering(_ status: Int, _ body: String) async throws -> Result<Answer, Fault> {
        try await call {
            try $0.send("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
    }

    @Test func `a call is signed for its target and says how long it waits`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let logger = LogLines().logger()
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

    @Test func `an answer is decoded, unknown members ignored`() async throws {
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
    func `an answer that is no use is told as the neighbour's fault`(
        status: Int, body: String, kind: Fault.Kind
    ) async throws {
        guard case .failure(let fault) = try await answering(status, body) else {
            Issue.record("an answer of \(status) \(body)")
            return
        }
        #expect(fault.kind == kind && (fault.retryAfter != nil) == (kind == .unavailable))
        #expect(!fault.detail.contains("text") && !fault.detail.contains("test"))
    }

    @Test func `a neighbour that is down or slow is unavailable`() async throws {
        let slow = try await call(deadline: 100) { $0.pauseThread(milliseconds: 1_000) }
        let down = try await call(Ports.next(), deadline: 500)
        for result in [slow, down] {
            guard case .failure(let fault) = result else {
                Issue.record("an answer")
                return
            }
            #expect(fault.kind == .unavailable && fault.code == "upstream_unavailable")
        }
    }

    @Test func `a neighbour that floods us is cut off`() async throws {
        let result = try await call(deadline: 5_000) { connection in
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
}
