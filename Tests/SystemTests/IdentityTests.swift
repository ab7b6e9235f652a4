import Foundation
import Synchronization
import TestSupport
import Testing

/// Identities that clients forge.
@Suite(.serialized) struct IdentityTests {
    @Test func `an identity that a client sends changes nothing`() async throws {
        let stack = try await LiveStack()
        let upstream = Upstream()
        try stack.startEntities()
        try stack.startGateway(before: upstream.port)
        try await stack.ready(stack.internalPort)
        let ada = try await stack.user("ada")
        let eve = try await stack.user("eve")
        let stolen = try await upstream.identity(of: ada.token, stack)
        await stack.gateway?.killNow()
        try stack.startGateway()
        try await stack.ready(stack.internalPort)
        let entity = try await stack.entity(ada.token)
        let path = "/api/entities/\(entity)"
        let tricks = [
            [stolen], [stolen, "Connection: Latchkey-Identity"], [stolen, "Connection: close, te"],
            [stolen.replacing("Latchkey-Identity", with: "latchkey_identity")],
            [stolen.replacing("Latchkey-Identity", with: "LATCHKEY-IDENTITY"), stolen],
            ["X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "X-Original-URL: /api/me"],
        ]
        for fields in tricks {
            let answer = try await stack.api.call("GET", path, token: eve.token, fields: fields)
            #expect(answer.status == 404 || answer.status == 400, "\(fields) \(answer.text)")
            let mine = try await stack.api.call("GET", path, token: ada.token, fields: fields)
            #expect(mine.status == 200 || mine.status == 400, "\(fields) \(mine.text)")
        }
        // It is for the entities service: the gateway itself refuses it.
        let other = try await APIClient(port: stack.internalPort).call(
            "POST", "/internal/users/lookup", body: "{}", fields: [stolen])
        #expect(other.status == 401)
        await stack.killAll()
    }

    @Test func `a service gets an identity, no credentials and no hop-by-hop fields`() async throws
    {
        let stack = try await LiveStack()
        let upstream = Upstream()
        try stack.startGateway(before: upstream.port)
        let isAlive = await eventually(within: 20_000) {
            (try? await stack.api.call("GET", "/healthz").status) == 200
        }
        #expect(isAlive)
        let answer = try await stack.api.call(
            "GET", "/api/entities", token: stack.adminToken,
            fields: [
                "Keep-Alive: timeout=5", "TE: trailers", "Proxy-Authorization: Basic eDp5",
                "Upgrade: h2c", "X-Mine: 1", "Cookie: a=b", "Latchkey-Identity: forged",
                "Latchkey-Deadline: 1", "X-Forwarded-For: 10.0.0.1",
            ])
        #expect(answer.status == 200)
        let head = upstream.heads.last ?? ""
        let names = head.split(separator: "\r\n").dropFirst().map {
            $0.prefix { $0 != ":" }.lowercased()
        }
        #expect(Set(names).count == names.count, "\(names)")
        let gone = [
            "authorization", "connection", "keep-alive", "te", "proxy-authorization", "upgrade",
            "cookie",
        ]
        #expect(Set(names).isDisjoint(with: gone), "\(names)")
        #expect(!head.contains("forged") && !head.contains("10.0.0.1"))
        #expect(!head.contains(stack.adminToken))
        await stack.killAll()
    }
}

/// Stands in for the entities service: records requests and responds with an empty list.
private final class Upstream: Sendable {
    private let server: RawServer
    private let kept: Kept

    var port: UInt16 { server.port }
    /// The heads of all requests under /api.
    var heads: [String] { kept.heads.filter { $0.contains(" /api") } }

    init() {
        let kept = Kept()
        self.kept = kept
        server = RawServer { connection, _ in
            while true {
                let head = try connection.receive(through: "\r\n\r\n")
                kept.add(String(decoding: head, as: UTF8.self))
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            }
        }
    }

    /// The whole `Latchkey-Identity` line that the gateway sends for the user of `token`.
    func identity(of token: String, _ stack: LiveStack) async throws -> String {
        let answer = try await stack.api.call("GET", "/api/entities", token: token)
        #expect(answer.status == 200)
        let lines = (heads.last ?? "").split(separator: "\r\n")
        return String(try #require(lines.first { $0.hasPrefix("Latchkey-Identity: ") }))
    }

    private final class Kept: Sendable {
        private let list = Mutex<[String]>([])

        var heads: [String] { list.withLock { $0 } }

        func add(_ head: String) { list.withLock { $0.append(head) } }
    }
}
