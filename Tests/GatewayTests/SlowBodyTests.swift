import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// A body may take minutes. A caller who loses their rights in the meantime must not succeed.
@Suite struct SlowBodyTests {
    @Test func `a token revoked during the upload creates no token`() async throws {
        try await withGateway { world in
            let victim = try await world.token(of: nil)
            let begun = try await begin(
                world, "POST", "/api/tokens", victim.token, #"{"name":"n","scopes":[]}"#)
            try await revoke(world, victim)
            #expect(try await finish(begun).status == 401)
        }
    }

    @Test func `an admin demoted during the upload stays demoted`() async throws {
        try await withGateway { world in
            let admin = try await world.user("second", role: "admin")
            let begun = try await begin(
                world, "PATCH", "/api/users/\(admin.id)", admin.token, #"{"role":"admin"}"#)
            let demoted = try await world.api.call(
                "PATCH", "/api/users/\(admin.id)", token: adminToken, body: #"{"role":"member"}"#)
            #expect(demoted.status == 200)
            #expect(try await finish(begun).status == 403)
        }
    }

    @Test(arguments: [10, 100_000])
    func `a revoked token's request is not forwarded`(count: Int) async throws {
        let seen = Log(0)
        try await withProxy({ exchange in
            let sink = Sink()
            sink.onEnd = { seen.change { $0 += 1 } }
            exchange.readBody(sink)
        }) { world, _ in
            let victim = try await world.token(of: nil)
            let body = String(repeating: "x", count: count)
            let begun = try await begin(world, "POST", "/api/entities", victim.token, body)
            try await revoke(world, victim)
            #expect(try await finish(begun).status == 401)
            #expect(seen.value == 0)
        }
    }

    /// A request whose last byte is missing.
    private struct Begun: Sendable {
        let client: RawClient
        let rest: [UInt8]
    }

    private func begin(
        _ world: GatewayWorld, _ method: String, _ path: String, _ token: String, _ body: String
    ) async throws -> Begun {
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let port = world.api.port
        return try await blocking {
            let client = try RawClient(port: port)
            try client.send(Array(head.utf8) + Array(body.utf8).dropLast())
            return Begun(client: client, rest: Array(body.utf8).suffix(1))
        }
    }

    private func finish(_ begun: Begun) async throws -> RawResponse {
        try await blocking {
            try begun.client.send(begun.rest)
            return try begun.client.response()
        }
    }

    private func revoke(_ world: GatewayWorld, _ account: Account) async throws {
        let answer = try await world.api.call(
            "DELETE", "/api/tokens/\(account.tokenId)", token: adminToken)
        #expect(answer.status == 204)
    }
}
