import Contract
import EntitiesContract
import GatewayContract
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct PagesTests {
    @Test(arguments: [
        ("/openapi.json", "application/json"), ("/docs", "text/html; charset=utf-8"),
    ])
    func `the pages need no token and support If-None-Match`(
        target: String, type: String
    ) async throws {
        try await withGateway { world in
            let answer = try await world.api.call("GET", target)
            #expect(answer.status == 200 && answer.field("content-type") == type)
            #expect(answer.field("cache-control") == "no-cache")
            #expect(answer.field("x-content-type-options") == "nosniff")
            let tag = try #require(answer.field("etag"))
            for given in [tag, "\"other\", \(tag)", "W/\(tag)", "*"] {
                let again = try await world.api.call(
                    "GET", target, fields: ["If-None-Match: \(given)"])
                #expect(again.status == 304 && again.body.isEmpty, "\(given)")
                #expect(again.field("etag") == tag)
            }
            let other = try await world.api.call("GET", target, fields: ["If-None-Match: \"x\""])
            #expect(other.status == 200)
            let head = try await world.api.call("HEAD", target)
            #expect(head.status == 200 && head.body.isEmpty)
            let refused = try await world.api.call("POST", target, body: "{}")
            #expect(refused.status == 405 && refused.field("allow") == "GET, HEAD, OPTIONS")
        }
    }

    @Test func `the page's policy allows only its own style`() async throws {
        try await withGateway { world in
            let answer = try await world.api.call("GET", "/docs")
            let policy = answer.field("content-security-policy") ?? ""
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
            #expect(answer.field("referrer-policy") == "no-referrer")
            let inner = try await world.inner.call("GET", "/docs")
            #expect(inner.status == 404)
        }
    }

    @Test func `the type of a problem is the address of a page about it`() async throws {
        try await withGateway { world in
            let missing = try await world.api.call("GET", "/api/nothing")
            let page = try await world.api.call("GET", missing["type"] ?? "")
            #expect(page.status == 200 && page.text.contains("<h1><code>not_found</code></h1>"))
            #expect(page.field("content-security-policy")?.hasPrefix("default-src 'none'") == true)
            #expect(try await world.api.call("GET", "/problems").status == 200)
            #expect(try await world.api.call("GET", "/problems/nothing").status == 404)
        }
    }

    @Test func `the document lists the routes of the gateway and its services`() async throws {
        try await withGateway { world in
            let document = try await world.api.call("GET", "/openapi.json").json
            let paths = Set(
                (GatewayRoutes.all + [PublicAudit.list] + AuthZENRoutes.group.endpoints
                    + EntityRoutes.all)
                    .map(\.path))
            #expect(Set(document?["paths"]?.names ?? []) == paths)
        }
    }

}
