import HTTPCore
import HTTPServer
import TestSupport
import Testing

@testable import Gateway

@Suite struct HeadTests {
    @Test func `HEAD returns the fields of GET without the body`() async throws {
        let answer: @Sendable (Exchange) -> Response = { _ in
            Response(200, fields: [Response.Field("ETag", "\"e\"")], body: Array("{}".utf8))
        }
        try await withProxy(recording(Log([]), answer)) { world, _ in
            let ann = try await world.user("ann")
            for path in [
                "/api/me", "/api/users", "/api/users/\(ann.id)", "/api/tokens?pageSize=1",
                "/api/entities", "/healthz", "/api/users/none", "/nothing",
            ] {
                let id = ["X-Request-Id: same"]
                let get = try await world.api.call("GET", path, token: adminToken, fields: id)
                let head = try await world.api.call("HEAD", path, token: adminToken, fields: id)
                #expect(head.status == get.status)
                #expect(lines(head) == lines(get), "\(path)")
                #expect(head.field("content-length") == "\(get.body.count)")
                // Nothing follows the head.
                let request =
                    "HEAD \(path) HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"
                    + "Authorization: Bearer \(adminToken)\r\n\r\n"
                let port = world.api.port
                let bytes = try await blocking {
                    let client = try RawClient(port: port)
                    try client.send(request)
                    return try client.receiveAll()
                }
                #expect(bytes.suffix(4).elementsEqual("\r\n\r\n".utf8))
            }
        }
    }

    @Test(arguments: [
        ("/api/me", "GET, HEAD, PATCH, OPTIONS"), ("/api/users", "GET, HEAD, POST, OPTIONS"),
        ("/api/users/x", "GET, HEAD, PATCH, DELETE, OPTIONS"), ("/api/tokens/x", "DELETE, OPTIONS"),
        ("/api/entities/x/owner", "PUT, OPTIONS"), ("/healthz", "GET, HEAD, OPTIONS"),
    ]) func `OPTIONS returns the methods that a path allows`(path: String, allow: String)
        async throws
    {
        try await withGateway { world in
            let answer = try await world.api.call("OPTIONS", path)
            #expect(answer.status == 204 && answer.field("allow") == allow)
            #expect(answer.body.isEmpty && answer.field("content-length") == nil)
        }
    }

    /// All fields,
    /// except those that differ in each response: the time and our span.
    private func lines(_ answer: RawResponse) -> [String] {
        answer.fields.filter { !["date", "traceparent"].contains($0.name) }.map {
            "\($0.name): \($0.value)"
        }
    }
}
