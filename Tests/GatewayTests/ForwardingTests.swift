import Contract
import EntitiesContract
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct ForwardingTests {
    private func head(_ seen: Seen) throws -> RequestHead {
        var parser = RequestParser(limits: HTTPLimits())
        let identity = seen.values("latchkey-identity").map { "Latchkey-Identity: \($0)\r\n" }
            .joined()
        let text = "GET / HTTP/1.1\r\nHost: x\r\n\(identity)\r\n"
        let head = Array(text.utf8).withUnsafeBytes { bytes -> RequestHead? in
            if case .head(let head) = parser.next(bytes).event { head } else { nil }
        }
        return try #require(head)
    }

    @Test func `method, target and body are forwarded exactly`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let target = "/api/entities/a%20b%C3%A9;x=1,(2)/shares?q=a%2Fb+c&&=&page=%31"
            let body = "{\"a\": \"\u{0}é😀\"}\n"
            let answer = try await world.api.call("POST", target, token: adminToken, body: body)
            #expect(answer.status == 200)
            let seen = try #require(log.value.first)
            #expect(seen.method == "POST" && seen.target == target)
            #expect(seen.body == Array(body.utf8))
            #expect(seen.values("content-length") == ["\(body.utf8.count)"])
            #expect(seen.values("content-type") == ["application/json"])
            #expect(seen.values("host").first?.hasPrefix("127.0.0.1:") == true)
        }
    }

    @Test
    func `every route of the entities context is forwarded, and refusals happen in the gateway`()
        async throws
    {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let poor = try await world.user("poor", scopes: [])
            let reader = try await world.user("reader", readOnly: true)
            for endpoint in EntityRoutes.all {
                var path = endpoint.path
                for name in endpoint.parameterNames {
                    path = path.replacing("{\(name)}", with: "x1")
                }
                func status(_ token: String?) async throws -> Int {
                    try await world.api.call(endpoint.method.rawValue, path, token: token).status
                }
                log.set([])
                #expect(try await status(adminToken) == 200, "\(endpoint.id)")
                #expect(log.value.map(\.target) == [path], "\(endpoint.id)")
                log.set([])
                #expect(try await status(nil) == 401, "\(endpoint.id)")
                if !endpoint.scopes.isEmpty { #expect(try await status(poor.token) == 403) }
                if !endpoint.readsOnly { #expect(try await status(reader.token) == 403) }
                #expect(log.value.isEmpty, "\(endpoint.id)")
            }
        }
    }

    @Test func `a service gets the caller's identity and no credentials`()
        async throws
    {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let ann = try await world.user("ann", scopes: ["entities:share", "entities:write"])
            let fields = ["Cookie: a=b", "Proxy-Authorization: Basic x"]
            _ = try await world.api.call("GET", "/api/entities", token: ann.token, fields: fields)
            let seen = try #require(log.value.first)
            for name in ["authorization", "cookie", "proxy-authorization"] {
                #expect(seen.values(name).isEmpty)
            }
            #expect(!seen.fields.contains { $0.value.contains(ann.token) })
            let authenticator = IdentityAuthenticator(
                audience: "entities", secret: Array(internalSecret.utf8), clock: world.clock)
            let caller = try authenticator.user(try head(seen)).caller
            #expect(
                caller
                    == Caller(
                        userId: ann.id, scopes: ["entities:share", "entities:write"],
                        tokenId: ann.tokenId))
            let other = IdentityAuthenticator(
                audience: "organizations", secret: Array(internalSecret.utf8), clock: world.clock)
            let forwarded = try head(seen)
            #expect(throws: Fault.self) { try other.user(forwarded) }
            world.clock.advance(seconds: 60)
            #expect(throws: Fault.self) { try authenticator.user(forwarded) }
        }
    }

    @Test func `an identity reflects changes of its user at once`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let ann = try await world.user("ann", role: "admin")
            func isAdmin() async throws -> Bool {
                log.set([])
                _ = try await world.api.call("GET", "/api/entities", token: ann.token)
                let authenticator = IdentityAuthenticator(
                    audience: "entities", secret: Array(internalSecret.utf8), clock: world.clock)
                return try authenticator.user(try head(try #require(log.value.first))).caller
                    .isAdmin
            }
            #expect(try await isAdmin())
            let path = "/api/users/\(ann.id)"
            let body = #"{"role": "member"}"#
            _ = try await world.api.call("PATCH", path, token: adminToken, body: body)
            #expect(try await !isAdmin())
        }
    }

    @Test func `forged and hop-by-hop fields are not forwarded`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let fields = [
                "Latchkey-Identity: forged", "Latchkey_Identity: forged",
                "latchkey-IDENTITY: forged",
                "Latchkey-Deadline: 1", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Host: evil",
                "Forwarded: for=6.6.6.6", "X-Real-IP: 6.6.6.6", "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive", "TE: trailers", "Upgrade: websocket", "Trailer: x",
                "Connection: accept-language, x-custom", "X-Custom: 1", "Accept-Language: de",
                "Max-Forwards: 1", "X-HTTP-Method-Override: DELETE", "Range: bytes=0-1",
            ]
            let answer = try await world.api.call(
                "GET", "/api/entities", token: adminToken, fields: fields)
            #expect(answer.status == 200)
            let seen = try #require(log.value.first)
            #expect(seen.values("latchkey-identity").count == 1)
            #expect(
                !seen.fields.contains { $0.value.contains("forged") || $0.value.contains("6.6.6") })
            #expect(seen.values("latchkey-deadline") == ["5000"])
            #expect(seen.values("x-forwarded-for") == ["127.0.0.1"])
            #expect(seen.values("via") == ["1.1 latchkey"])
            let passed = Set(seen.fields.map(\.name))
            #expect(
                passed == [
                    "host", "via", "x-forwarded-for", "x-request-id", "latchkey-deadline",
                    "latchkey-identity", "traceparent",
                ])
        }
    }

    @Test func `fields that services need are forwarded`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(recording(log)) { world, _ in
            let fields = [
                "Accept: application/json", "Idempotency-Key: k-1", "If-Match: \"e\"",
                "If-None-Match: W/\"f\"", "Prefer: x", "User-Agent: test/1",
            ]
            _ = try await world.api.call("GET", "/api/entities", token: adminToken, fields: fields)
            let seen = try #require(log.value.first)
            for field in fields {
                let halves = field.split(separator: ": ", maxSplits: 1)
                #expect(seen.values(halves[0].lowercased()) == [String(halves[1])], "\(field)")
            }
        }
    }

    @Test func `the request id is forwarded and returned once`() async throws {
        let log = Log<[Seen]>([])
        let answer: @Sendable (Exchange) -> Response = { _ in
            Response(
                200,
                fields: [
                    Response.Field("X-Request-Id", "upstream's"),
                    Response.Field("Server", "secret/1.0"),
                    Response.Field("Cache-Control", "public"), Response.Field("X-Own", "kept"),
                    Response.Field("ETag", "\"e\""), Response.Field("Keep-Alive", "timeout=9"),
                    Response.Field("Latchkey-Identity", "leak"),
                ])
        }
        try await withProxy(recording(log, answer)) { world, _ in
            let fields = ["X-Request-Id: mine.1"]
            let got = try await world.api.call(
                "GET", "/api/entities", token: adminToken, fields: fields)
            #expect(log.value.first?.values("x-request-id") == ["mine.1"])
            #expect(got.fields.filter { $0.name == "x-request-id" }.map(\.value) == ["mine.1"])
            #expect(got.fields.filter { $0.name == "cache-control" }.map(\.value) == ["no-store"])
            #expect(got.field("x-content-type-options") == "nosniff")
            #expect(got.field("x-own") == "kept" && got.field("etag") == "\"e\"")
            for name in ["server", "latchkey-identity", "keep-alive"] {
                #expect(got.field(name) == nil)
            }
            let made = try await world.api.call("GET", "/api/entities", token: adminToken)
            #expect(made.field("x-request-id") == log.value.last?.values("x-request-id").first)
        }
    }
}
