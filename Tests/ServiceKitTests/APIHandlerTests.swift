import Contract
import HTTPCore
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// The endpoints whose handlers have run.
private final class Calls: Sendable {
    private let list = Mutex<[String]>([])

    func add(_ id: String) { list.withLock { $0.append(id) } }
    var isEmpty: Bool { list.withLock { $0.isEmpty } }
}

private struct Secret: Error { let path = "/etc/secret.sqlite" }

/// A small API: everything that a handler may do.
private func routes(_ calls: Calls) -> [Route] {
    @Sendable func echo(_ request: RequestContext) -> Response {
        calls.add(request.endpoint.id)
        return Response(200, body: request.body)
    }
    func endpoint(
        _ id: String, _ method: Endpoint.Method, _ path: String, scopes: [String] = [],
        access: Endpoint.Access = .user, readsOnly: Bool? = nil
    ) -> Endpoint {
        Endpoint(
            id, method, path, scopes: scopes, access: access, readsOnly: readsOnly,
            bodyLimit: 1_048_576, summary: id)
    }
    return [
        .now(endpoint("list", .get, "/api/things")) { .json(["who": $0.caller.userId]) },
        .change(endpoint("create", .post, "/api/things", scopes: ["things:write"])) {
            Committed(echo($0))
        },
        .change(endpoint("two", .put, "/api/things/{id}", scopes: ["a", "b"])) {
            Committed(echo($0))
        },
        .now(endpoint("get", .get, "/api/things/{id}")) { .json(["id": try $0.path("id")]) },
        .now(endpoint("mine", .get, "/api/things/mine")) { _ in .noContent },
        .later(endpoint("check", .post, "/api/check", readsOnly: true)) { echo($0) },
        .now(endpoint("now", .get, "/api/fails/now")) { _ in throw Secret() },
        .later(endpoint("later", .get, "/api/fails/later")) { _ in throw Secret() },
        .later(endpoint("fault", .get, "/api/fails/fault")) { _ in
            throw Fault(.conflict, code: "taken", "It is taken.", privateDetail: "/etc/secret")
        },
        .now(endpoint("open", .get, "/open", access: .open)) { .json(["who": $0.caller.userId]) },
        .now(endpoint("inner", .post, "/internal", access: .service)) { echo($0) },
    ]
}

@Suite struct APIHandlerTests {
    private func with(
        _ logger: Logger = LogBook().logger(), _ test: (APIClient, Calls) async throws -> Void
    ) async throws {
        let calls = Calls()
        try await withAPI(routes(calls), logger: logger, loops: 2) { api, _ in
            try await test(api, calls)
        }
    }

    @Test func `an unknown path is 404, whatever the method`() async throws {
        try await with { api, _ in
            let paths = [
                "/", "/api", "/api/things/", "/api/things/1/2", "/API/things", "/api/thing",
            ]
            for path in paths {
                for method in ["GET", "POST", "DELETE", "OPTIONS"] {
                    let answer = try await api.call(method, path)
                    #expect(answer.status == 404 && answer.code == "not_found", "\(method) \(path)")
                }
                #expect(try await api.call("HEAD", path).status == 404)
            }
        }
    }

    @Test func `a known path with another method is 405 with Allow`() async throws {
        try await with { api, calls in
            let answer = try await api.call("DELETE", "/api/things", token: "ann")
            #expect(answer.status == 405 && answer.code == "method_not_allowed")
            #expect(answer.field("allow") == "GET, HEAD, POST, OPTIONS")
            let both = try await api.call("POST", "/api/things/mine", body: "{}")
            #expect(both.status == 405 && both.field("allow") == "GET, HEAD, OPTIONS")
            #expect(calls.isEmpty)
        }
    }

    @Test func `OPTIONS lists the methods without a token`() async throws {
        try await with { api, _ in
            let answer = try await api.call("OPTIONS", "/api/things")
            #expect(answer.status == 204 && answer.field("allow") == "GET, HEAD, POST, OPTIONS")
            #expect(answer.field("content-length") == nil && answer.field("content-type") == nil)
            #expect(try await api.call("OPTIONS", "*").status == 204)
        }
    }

    @Test(arguments: ["TRACE", "BREW", "get", "PROPFIND"])
    func `an unknown method is 501`(method: String) async throws {
        try await with { api, _ in
            for path in ["/api/things", "/nowhere"] {
                let answer = try await api.call(method, path)
                #expect(answer.status == 501 && answer.code == "not_implemented")
            }
        }
    }

    @Test func `HEAD responds like GET without a body`() async throws {
        try await with { api, _ in
            let get = try await api.call("GET", "/api/things", token: "ann")
            let head = try await api.call("HEAD", "/api/things", token: "ann")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.field("content-length") == get.field("content-length"))
            #expect(head.field("content-type") == get.field("content-type"))
            #expect(try await api.call("HEAD", "/api/things").status == 401)
        }
    }

    @Test func `authentication, method and scopes are checked in order`() async throws {
        try await with { api, calls in
            func create(_ token: String?) async throws -> RawResponse {
                try await api.call("POST", "/api/things", token: token, body: "not even JSON")
            }
            let anonymous = try await create(nil)
            #expect(anonymous.status == 401 && anonymous.field("www-authenticate") == "Bearer")
            let reader = try await create("reader:*")
            #expect(reader.status == 403 && reader.code == "read_only_token")
            let poor = try await create("ann:things:read")
            #expect(poor.status == 403 && poor.code == "insufficient_scope")
            let challenge = #"Bearer error="insufficient_scope", scope="things:write""#
            #expect(poor.field("www-authenticate") == challenge)
            #expect(calls.isEmpty)
            #expect(try await create("ann:things:write").status == 200)
            #expect(try await create("ann:*").status == 200)
        }
    }

    @Test func `exactly the missing scopes are named`() async throws {
        try await with { api, _ in
            let answer = try await api.call("PUT", "/api/things/1", token: "ann:b", body: "{}")
            #expect(answer.field("www-authenticate")?.contains(#"scope="a""#) == true)
            let none = try await api.call("PUT", "/api/things/1", token: "ann", body: "{}")
            #expect(none.field("www-authenticate")?.contains(#"scope="a b""#) == true)
        }
    }

    @Test func `a read-only token works for reads, also by POST`() async throws {
        try await with { api, _ in
            let read = try await api.call("GET", "/api/things", token: "reader")
            #expect(read.status == 200)
            #expect(try await api.call("HEAD", "/api/things", token: "reader").status == 200)
            #expect(
                try await api.call("POST", "/api/check", token: "reader", body: "x").status == 200)
            #expect(try await api.call("PUT", "/api/things/1", token: "reader:*").status == 403)
        }
    }

    @Test func `a route for services refuses users, an open one accepts all`() async throws {
        try await with { api, _ in
            let user = try await api.call("POST", "/internal", token: "ann:*")
            #expect(user.status == 401)
            let fields = ["Latchkey-Identity: service"]
            #expect(try await api.call("POST", "/internal", body: "x", fields: fields).text == "x")
            #expect(try await api.call("GET", "/open")["who"]?.isEmpty == true)
        }
    }

    @Test func `a body comes whole, by length and in chunks`() async throws {
        try await with { api, _ in
            let body = String(repeating: "0123456789", count: 50_000)
            let answer = try await api.call("POST", "/api/check", token: "ann", body: body)
            #expect(answer.status == 200 && answer.text == body)
            let chunked = try await api.send(
                "POST /api/check HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ann\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: x\r\n\r\n"
            )
            #expect(chunked.text == "abcde")
        }
    }

    @Test func `a body over 1 MiB is 413`() async throws {
        try await with { api, calls in
            let answer = try await api.send(
                "POST /api/check HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ann\r\n"
                    + "Content-Length: 1048577\r\n\r\n")
            #expect(answer.status == 413 && answer.code == "content_too_large")
            #expect(calls.isEmpty)
        }
    }

    @Test func `an error of a handler is 500 without details`() async throws {
        let book = LogBook()
        try await with(book.logger()) { api, _ in
            for path in ["/api/fails/now", "/api/fails/later"] {
                let answer = try await api.call("GET", path, token: "ann")
                #expect(answer.status == 500 && answer.code == "internal_error")
                #expect(!answer.text.contains("secret"))
            }
            #expect(
                book.lines.count { $0.contains("request failed") && $0.contains("secret") } == 2)
            let fault = try await api.call("GET", "/api/fails/fault", token: "ann")
            #expect(fault.status == 409 && fault.code == "taken" && !fault.text.contains("secret"))
        }
    }

    @Test func `path parameters are decoded once`() async throws {
        try await with { api, _ in
            let answer = try await api.call("GET", "/api/things/a%20b%252F%C3%A9+", token: "ann")
            #expect(answer["id"] == "a b%2Fé+")
            #expect(try await api.call("GET", "/api/things/%FF", token: "ann").status == 404)
            #expect(try await api.call("GET", "/api/things/a%2Fb", token: "ann").status == 400)
        }
    }

    /// Requests and the status of their answers, one for each way in which an answer comes to be.
    private static let everyWay: [(String, Int)] = [
        ("GET /api/things HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ann", 200),
        ("HEAD /api/things HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ann", 200),
        ("GET /api/things/mine HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ann", 204),
        ("OPTIONS /api/things HTTP/1.1\r\nHost: t", 204),
        ("GET /api/things HTTP/1.1\r\nHost: t", 401), ("GET /api/no HTTP/1.1\r\nHost: t", 404),
        ("PUT /api/things HTTP/1.1\r\nHost: t", 405), ("TRACE /api/x HTTP/1.1\r\nHost: t", 501),
        ("GET /api/fails/now HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer ann", 500),
        ("GET /api/things HTTP/1.1", 400), ("GET /api/things HTTP/3.0\r\nHost: t", 505),
        ("GET /api/\(String(repeating: "x", count: 9_000)) HTTP/1.1\r\nHost: t", 414),
        ("GET /api/x HTTP/1.1\r\nHost: t\r\nA: \(String(repeating: "x", count: 17_000))", 431),
        ("POST /api/x HTTP/1.1\r\nHost: t\r\nExpect: magic\r\nContent-Length: 1", 417),
    ]

    @Test(arguments: everyWay)
    func `every response has the common fields`(request: String, status: Int) async throws {
        try await with { api, _ in
            let toHead = request.hasPrefix("HEAD")
            let answer = try await api.send(request + "\r\n\r\n", toHead: toHead)
            #expect(answer.status == status)
            #expect(answer.field("cache-control") == "no-store")
            #expect(answer.field("x-content-type-options") == "nosniff")
            #expect(answer.field("date") != nil && answer.field("server") == nil)
            let id = try #require(answer.field("x-request-id"))
            #expect(answer.fields.count { $0.name == "x-request-id" } == 1)
            guard status >= 400 else { return }
            #expect(answer.field("content-type") == "application/problem+json")
            #expect(answer["requestId"] == id)
            #expect(answer.json?["status"]?.int == status)
        }
    }

    @Test func `the caller's request id is returned, also in the body`() async throws {
        try await with { api, _ in
            let fields = ["X-Request-Id: my-id.1"]
            let answer = try await api.call("GET", "/api/things", fields: fields)
            #expect(answer.field("x-request-id") == "my-id.1" && answer["requestId"] == "my-id.1")
            #expect(answer["instance"] == "/api/things")
        }
    }
}
