import Contract
import EntitiesContract
import GatewayContract
import OpenAPI
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct PagesTests {
    @Test(arguments: [
        ("/openapi.json", "application/json"), ("/docs", "text/html; charset=utf-8"),
        ("/docs/entities", "text/html; charset=utf-8"),
        ("/docs/entities.md", "text/markdown; charset=utf-8"),
        ("/docs/index.md", "text/markdown; charset=utf-8"),
        ("/docs?q=share", "text/html; charset=utf-8"),
        ("/llms.txt", "text/plain; charset=utf-8"),
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

    @Test func `a search finds operations, and unknown pages are 404`() async throws {
        try await withGateway { world in
            let found = try await world.api.call("GET", "/docs?q=share+an+entity")
            #expect(found.text.contains("href=\"docs/shares#shareEntity\""))
            let policy = found.field("content-security-policy") ?? ""
            #expect(policy.contains("form-action 'self'"))
            let nothing = try await world.api.call("GET", "/docs?q=%3Cb%3E")
            #expect(nothing.text.contains("“&lt;b&gt;”") && !nothing.text.contains("<b>"))
            for page in ["/docs/nothing", "/docs/nothing.md", "/docs/entities.html"] {
                #expect(try await world.api.call("GET", page).status == 404, "\(page)")
            }
        }
    }

    @Test func `llms.txt leads to all Markdown files`() async throws {
        try await withGateway { world in
            let text = try await world.api.call("GET", "/llms.txt").text
            let links = text.matches(of: /\]\(([^)]+)\)/).map { String($0.1) }
            #expect(links.count > 15)
            for link in links {
                #expect(try await world.api.call("GET", link).status == 200, "\(link)")
            }
        }
    }

    @Test func `the requests of the quick start are valid`() throws {
        #expect(QuickStart.ofPlatforms.steps.count > 4)
        for step in QuickStart.ofPlatforms.steps {
            let path = step.target ?? step.endpoint.path
            let shape = step.endpoint.path.split(separator: "/")
            #expect(!path.contains("{") && path.split(separator: "/").count == shape.count)
            guard case .object(let members)? = step.body else {
                #expect(step.endpoint.documentation.body == nil)
                continue
            }
            let schema = try #require(try step.endpoint.bodySchema())
            let names = members.map(\.name)
            #expect(names.allSatisfy { name in schema.members.contains { $0.name == name } })
            let required = schema.members.filter(\.isRequired).map(\.name)
            #expect(required.allSatisfy(names.contains), "\(step.endpoint.id)")
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
                    + SCIMRoutes.group.endpoints
                    + OAuthRoutes.group.endpoints
                    + EntityRoutes.all)
                    .map(\.path))
            #expect(Set(document?["paths"]?.names ?? []) == paths)
        }
    }

}
