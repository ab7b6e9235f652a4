import Contract
import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Routes without a token: signing in, documents.
@Suite struct OpenRouteTests {
    private final class Nobody: Authenticator {
        func user(_ head: RequestHead) throws(Fault) -> any Session { throw .unauthenticated }
        func again(_ head: RequestHead, _ session: any Session) -> any Session { session }
        func service(_ head: RequestHead) throws(Fault) { throw .unauthenticated }
    }

    @Test func `open routes share the address's bucket with failed requests`() async throws {
        let (settings, mistakes) = readSettings(["LATCHKEY_RATE_LIMIT_ADDRESS": "2"])
        #expect(mistakes.isEmpty)
        let ticks = FakeTicks()
        let gate = PublicGate(settings.gate) { _ in ticks.now }
        let open = Endpoint("signIn", .post, "/api/auth/x", access: .open, summary: "Test")
        let closed = Endpoint("mine", .get, "/api/mine", summary: "Test")
        let runtime = Runtime(
            group: EventLoopGroup(count: 2), logger: Logger(service: "test", level: .error))
        let server = try await APIServer(
            [.now(open) { _ in .noContent }, .now(closed) { _ in .noContent }, Health.alive],
            options: ServerOptions(), runtime: runtime, gate: gate
        ) { Nobody() }
        let api = APIClient(port: server.port)
        var statuses: [Int] = []
        for path in ["/api/auth/x", "/api/mine", "/api/auth/x", "/api/mine", "/api/auth/x"] {
            let method = path == "/api/mine" ? "GET" : "POST"
            // Ignored credentials make no difference.
            let answer = try await api.call(method, path, token: "x", body: "{}")
            #expect(answer.field("ratelimit-policy") == "\"address\";q=4;w=2")
            statuses.append(answer.status)
        }
        #expect(statuses == [204, 401, 204, 401, 429])
        ticks.advance(milliseconds: 500)
        #expect(try await api.call("POST", "/api/auth/x", body: "{}").status == 204)
        #expect(try await api.call("GET", "/healthz").field("ratelimit") == nil)
        await server.drain(milliseconds: 0)
        runtime.group.stop()
    }
}
