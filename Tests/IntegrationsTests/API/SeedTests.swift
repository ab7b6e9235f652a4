import Kernel
import TestSupport
import Testing

@testable import Integrations

/// The examples of the product's reference pages, byte for byte except ids and times.
@Suite struct SeedTests {
    static let time = "2026-01-15T09:00:00.000Z"

    /// Ada and an integration that is shared with the team Analytics.
    private func run(
        _ body: (ServedIntegrations, _ path: String, _ id: String, Caller) async throws -> Void
    ) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let made = try await served.send("POST /api/integrations", #"{"name":"CRM"}"#, as: ada)
            let path = try #require(made.field("location"))
            let team = try await served.send(
                "POST /api/teams", #"{"name":"Analytics Team","id":"analytics"}"#, as: ada)
            #expect(team.status == 201)
            let shared = try await served.send("PUT \(path)/shares/team:analytics", as: ada)
            #expect(shared.status == 200, "\(shared.text)")
            try await body(served, path, String(path.split(separator: "/")[2]), ada)
        }
    }

    @Test func `the list of shares matches the reference, plus paging`() async throws {
        try await run { served, path, id, ada in
            let list = try await served.send("GET \(path)/shares", as: ada)
            #expect(
                list.text == """
                    {"_links":{"self":{"href":"\(path)/shares"}},\
                    "_embedded":{"inf:integration-share":[{"integrationId":"\(id)",\
                    "principalId":"team:analytics","accessLevel":1,\
                    "principal":{"id":"team:analytics","name":"Analytics Team","type":"team"}}]},\
                    "page":1,"pageSize":20,"total":1}
                    """)
            #expect(list.status == 200 && list.field("content-type") == "application/hal+json")
            _ = served.user("bob")
            try await served.share(path, with: "user:bob", 3, by: ada)
            let more = try await served.send("GET \(path)/shares", as: ada)
            let bob = """
                {"integrationId":"\(id)","principalId":"user:bob","accessLevel":3,\
                "principal":{"id":"user:bob","name":"Bob","type":"user"}}
                """
            #expect(more.text.contains(#""inf:integration-share":[\#(bob),{"integrationId""#))
        }
    }

    @Test func `GET and PUT of a share match the reference`() async throws {
        try await run { served, path, id, ada in
            let body = """
                {"integrationId":"\(id)","principalId":"team:analytics","accessLevel":1,\
                "createdAt":"\(Self.time)","updatedAt":"\(Self.time)"}
                """
            for place in [path, "/api/integrations/crm"] {
                let one = try await served.send("GET \(place)/shares/team:analytics", as: ada)
                #expect(one.status == 200 && one.text == body)
                let put = try await served.send("PUT \(place)/shares/team:analytics", as: ada)
                #expect(put.status == 200 && put.text == body)
                #expect(put.field("etag") == one.field("etag"))
            }
            let gone = try await served.send("DELETE \(path)/shares/team:analytics", as: ada)
            #expect(gone.status == 204 && gone.body.isEmpty && gone.field("content-type") == nil)
        }
    }

    @Test func `an owner matches the reference, for users and teams`() async throws {
        try await run { served, path, _, ada in
            let user = try await served.send("GET \(path)/owner", as: ada)
            #expect(
                user.text == """
                    {"id":"user:ada","_embedded":{"inf:user":{"username":"ada",\
                    "displayName":"Ada"}}}
                    """)
            let root = served.user("root", isAdmin: true)
            let joined = try await served.send(
                "PUT /api/teams/analytics/members/root", #"{"role":"data-wizard"}"#, as: ada)
            #expect(joined.status == 201)
            try await served.transfer(path, #"{"teamId":"analytics"}"#, by: root)
            let team = try await served.send("GET \(path)/owner", as: ada)
            #expect(
                team.text == """
                    {"id":"team:analytics","_embedded":{"inf:team":{"id":"analytics",\
                    "name":"Analytics Team"}}}
                    """)
        }
    }

    @Test func `a transfer returns the updated integration`() async throws {
        try await run { served, path, _, _ in
            let root = served.user("root", isAdmin: true)
            _ = served.user("jdoe")
            served.clock.advance(seconds: 1)
            let given = try await served.send("PUT \(path)/owner", #"{"userId":"jdoe"}"#, as: root)
            #expect(given.status == 200 && given["ownerId"] == "user:jdoe")
            #expect(given["updatedAt"] == "2026-01-15T09:00:01.000Z")
            let shown = try await served.send("GET \(path)", as: root)
            #expect(given.text == shown.text)
        }
    }
}
