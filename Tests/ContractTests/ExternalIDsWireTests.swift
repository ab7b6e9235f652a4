import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

/// How services ask each other for things that requests name by external ids.
@Suite struct ExternalIDsWireTests {
    private let bob = [Cast.identity(of: Cast.bob, for: "organizations")]
    private let query = "external-ids-query"

    private func same<T: Codable>(_ value: T, _ golden: String, _ read: (T) -> Bool) throws {
        #expect(JSON.text(value) == (try Golden.text(golden)))
        #expect(read(try Golden.value(golden, as: T.self)))
    }

    @Test func `the types match the goldens`() throws {
        try same(ExternalIDsQuery(externalIds: ["auth0|4711"]), query) {
            $0.externalIds == ["auth0|4711"]
        }
        for (id, golden) in [
            (Cast.entity, "entity-external-ids-answer"),
            (Cast.organization, "organization-external-ids-answer"),
        ] {
            try same(ExternalIDsReply(ids: ["auth0|4711": id]), golden) {
                $0.ids == ["auth0|4711": id]
            }
        }
    }

    @Test func `organizations ask for entities, and then as for any id`() async throws {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            let path = try await OrganizationsAlone.acme(api, asked, by: Cast.bob) + "/store"
            asked.forget()
            let published = try await api.call(
                "POST", path, body: #"{"entityId":"ext:auth0|4711"}"#, fields: bob)
            #expect(published.status == 201, "\(published.text)")
            #expect(
                asked.bodies == [try Golden.text(query), try Golden.text("entity-standing-query")])
        }
    }

    @Test func `invitations ask for entities`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            let made = try await alone.api.call(
                "POST", "/api/v1/entities/ext:auth0%7C4711/invitations",
                body: #"{"email":"ada@example.com"}"#,
                fields: InvitationsAlone.identity(Cast.bob))
            #expect(made.status == 201 && made["entity_id"] == Cast.entity, "\(made.text)")
            #expect(asked.bodies.first == (try Golden.text(query)))
        }
    }

    @Test func `entities ask for organizations`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, identity in
            let made = try await api.call(
                "POST", "/api/entities",
                body: #"{"name":"Notes","type":"app","organizationId":"ext:auth0|4711"}"#,
                fields: identity)
            #expect(made.status == 201 && made["organizationId"] == Cast.organization)
            #expect(asked.bodies == [try Golden.text(query), try Golden.text("membership-query")])
        }
    }

    @Test func `entities and organizations answer as agreed`() async throws {
        let admin = Caller(userId: Cast.grace.userId, isAdmin: true, tokenId: "tok_1")
        func answer(
            _ api: APIClient, _ name: String, _ path: String, _ members: String,
            _ endpoint: Endpoint, _ golden: String, from: String, _ id: String
        ) async throws {
            let made = try await api.call(
                "POST", path, body: #"{"name":"Notes","externalId":"auth0|4711"\#(members)}"#,
                fields: [Cast.identity(of: admin, for: name)])
            let real = try #require(made["id"], "\(made.text)")
            let answer = try await api.call(
                "POST", endpoint.path, body: try Golden.text(query),
                fields: [Cast.identity(of: from, for: name)])
            #expect(answer.text.replacing(real, with: id) == (try Golden.text(golden)))
        }
        try await EntitiesAlone.run(Asked()) { api, _ in
            try await answer(
                api, "entities", "/api/entities", #","type":"app""#, EntityQueries.externalIds,
                "entity-external-ids-answer", from: "organizations", Cast.entity)
        }
        try await OrganizationsAlone.run(Asked()) { api in
            try await answer(
                api, "organizations", "/api/organizations", "", OrganizationQueries.externalIds,
                "organization-external-ids-answer", from: "entities", Cast.organization)
        }
    }
}
