import TestSupport
import Testing

@testable import Gateway

/// LATCHKEY_PUBLIC_URL with a path: everything works below it.
@Suite struct PrefixTests {
    private static let below = ["LATCHKEY_PUBLIC_URL": "https://example.com/access"]

    @Test(arguments: ["", "/access"])
    func `a proxy in front can strip the path or keep it`(prefix: String) async throws {
        let seen = Log<[Seen]>([])
        try await withProxy(extra: Self.below, recording(seen)) { world, _ in
            let answer = try await world.api.call(
                "GET", "\(prefix)/api/entities?page=2", token: adminToken)
            #expect(answer.status == 200)
            let me = try await world.api.call("GET", "\(prefix)/api/me", token: adminToken)
            #expect(me.status == 200)
            #expect(try await world.api.call("GET", "\(prefix)/healthz").status == 200)
        }
        // Services get their own paths.
        #expect(seen.value.map(\.target) == ["/api/entities?page=2"])
    }

    @Test func `links include the path of the public URL`() async throws {
        try await withGateway(extra: Self.below) { world in
            let made = try await world.api.call(
                "POST", "/api/users", token: adminToken,
                body: #"{"email":"a@example.com","username":"a","displayName":"A"}"#)
            let location = try #require(made.field("location"))
            #expect(location.hasPrefix("/access/api/users/usr_"))
            #expect(try await world.api.call("GET", location, token: adminToken).status == 200)
            let list = try await world.api.call(
                "GET", "/access/api/users?pageSize=1", token: adminToken)
            let links = try #require(list.field("link"))
            #expect(links.contains("</access/api/users?page=2&pageSize=1>; rel=\"next\""))
            let missing = try await world.api.call("GET", "/access/api/nothing")
            #expect(missing.status == 404)
            #expect(missing["instance"] == "/access/api/nothing")
            #expect(missing["type"] == "https://example.com/access/problems/not_found")
            let document = try await world.api.call("GET", "/access/openapi.json").text
            #expect(document.contains(#""url":"https://example.com/access""#))
            // Relative to the page, wherever it is.
            #expect(
                try await world.api.call("GET", "/access/docs").text.contains(
                    "href=\"openapi.json\""))
        }
    }

    @Test(arguments: [
        "/accessapi/me", "/acces/api/me", "/Access/api/me", "/access/access/api/me",
        "/api/access/api/me", "/access", "/access/",
    ])
    func `other paths are unknown`(path: String) async throws {
        try await withGateway(extra: Self.below) { world in
            let answer = try await world.api.call("GET", path, token: adminToken)
            #expect(answer.status == 404)
        }
    }

    @Test func `a public path of /api is accepted with and without the prefix`() async throws {
        let url = ["LATCHKEY_PUBLIC_URL": "https://example.com/api"]
        try await withGateway(extra: url) { world in
            for path in ["/api/api/me", "/api/me"] {
                let answer = try await world.api.call("GET", path, token: adminToken)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `an invitation can be accepted in a browser below the path`() async throws {
        try await withLinks(extra: Self.below) { world, links in
            let fields = ["Origin: https://example.com"]
            let page = try await world.page("/access/invitations/claim?claim=\(FakeLinks.claim)")
            #expect(page.text.contains(#"action="/access/invitations/claim""#))
            let taken = try await world.form(
                "/access/invitations/claim", "claim=\(FakeLinks.claim)", fields: fields)
            #expect(taken.status == 303)
            #expect(
                taken.field("location") == "/access/invitations/claim?claim=\(FakeLinks.claim)")
            let cookie = try #require(taken.field("set-cookie"))
            #expect(cookie.contains("; Path=/;") && cookie.contains("; Secure"))
            let accept = try await world.page("/invitations/accept?token=\(FakeLinks.token)")
            #expect(accept.text.contains("already been accepted"))
            #expect(links.answers.count == 1)
        }
    }

    @Test func `the accept page's form posts below the path`() async throws {
        try await withLinks(extra: Self.below) { world, _ in
            let page = try await world.page("/access/invitations/accept?token=\(FakeLinks.token)")
            #expect(page.text.contains(#"action="/access/invitations/accept""#))
        }
    }
}
