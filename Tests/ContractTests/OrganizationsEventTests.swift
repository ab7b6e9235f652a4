import Kernel
import TestSupport
import Testing

/// Events between organizations, entities and the gateway.
@Suite struct OrganizationsEventTests {
    private let ada = [Cast.identity(of: Cast.ada, for: "organizations")]
    private let grace = [Cast.identity(of: Cast.grace, for: "organizations"), Cast.request]
    private let bob = [Cast.identity(of: Cast.bob, for: "organizations")]
    private let entities = Cast.identity(of: "entities", for: "organizations")

    @Test func `organization.deleted matches the golden`() async throws {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            let path = try await OrganizationsAlone.acme(api, asked, by: Cast.grace)
            let deleted = try await api.call("DELETE", path, fields: grace)
            #expect(deleted.status == 204)
            try await expectTold(asked, "organization-deleted-event")
        }
    }

    @Test func `member.removed matches the golden`() async throws {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            let path = try await withAda(api, asked)
            for (user, golden) in [
                (Cast.ada, Cast.membership), (Cast.grace, Cast.successorMembership),
            ] {
                let query =
                    #"{"organizationId":"\#(asked.real(Cast.organization))","#
                    + #""userId":"\#(user.userId)"}"#
                let member = try await api.call(
                    "POST", "/internal/organizations/membership", body: query,
                    fields: [entities])
                asked.call(try #require(member["membershipId"]), golden)
            }
            let removed = try await api.call(
                "DELETE", path + "/members/\(Cast.ada.userId)", fields: grace)
            #expect(removed.status == 204, "\(removed.text)")
            try await expectTold(asked, "member-removed-event")
        }
    }

    @Test func `user.deleted is applied once and deletes organizations without other members`()
        async throws
    {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            let path = try await OrganizationsAlone.acme(api, asked, by: Cast.ada)
            // In the golden Grace deletes Ada; the gateway emits it.
            let gateway = Cast.identity(of: "gateway", for: "organizations")
            try await expectTakenOnce("user-deleted-event", asked, api, as: gateway)
            #expect(try await api.call("GET", path, fields: ada).status == 404)
            try await expectTold(asked, "organization-deleted-event")
        }
    }

    @Test func `entity.deleted is applied once and removes the entity from stores`() async throws {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            let store = try await published(api, asked)
            try await expectTakenOnce("entity-deleted-event", asked, api, as: entities)
            let left = try await api.call("GET", store, fields: bob)
            #expect(left.json?["total"]?.int == 0)
            // And it can't be published again, whatever was asked before.
            let again = try await api.call(
                "POST", store, body: #"{"entityId":"\#(Cast.entity)"}"#, fields: bob)
            #expect(again.status == 404)
        }
    }

    @Test func `entity.renamed is applied once`() async throws {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            let store = try await published(api, asked)
            try await expectTakenOnce("entity-renamed-event", asked, api, as: entities)
            let shown = try await api.call("GET", store, fields: bob)
            #expect(shown.json?["items"]?[0]?["entity"]?["name"]?.string == "Minutes")
        }
    }

    /// Grace's organization, with Ada as a member.
    private func withAda(_ api: APIClient, _ asked: Asked) async throws -> String {
        let path = try await OrganizationsAlone.acme(api, asked, by: Cast.grace)
        let added = try await api.call(
            "POST", path + "/members", body: #"{"userId":"\#(Cast.ada.userId)"}"#, fields: grace)
        #expect(added.status == 201, "\(added.text)")
        return path
    }

    /// The store of Bob's organization, with the goldens' entity in it.
    private func published(_ api: APIClient, _ asked: Asked) async throws -> String {
        let store = try await OrganizationsAlone.acme(api, asked, by: Cast.bob) + "/store"
        let made = try await api.call(
            "POST", store, body: #"{"entityId":"\#(Cast.entity)"}"#, fields: bob)
        #expect(made.status == 201, "\(made.text)")
        return store
    }
}
