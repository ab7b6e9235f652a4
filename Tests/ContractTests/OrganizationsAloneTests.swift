import Contract
import HTTPCore
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

/// The organizations service alone: its queries, and its replies to other services.
@Suite struct OrganizationsAloneTests {
    private let ada = [Cast.identity(of: Cast.ada, for: "organizations")]
    private let bob = [Cast.identity(of: Cast.bob, for: "organizations")]
    private let entities = [Cast.identity(of: "entities", for: "organizations")]

    @Test func `the directory query matches the golden, and its reply is understood`() async throws
    {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            let path = try await OrganizationsAlone.acme(api, asked, by: Cast.ada)
            #expect(asked.bodies == [try Golden.text("directory-query-ids")])
            asked.forget()
            let details = try await api.call("GET", path, fields: ada)
            let names = details.json?["members"]?.items.map { $0["displayName"]?.string }
            #expect(names == ["Ada"], "\(details.text)")
            #expect(asked.bodies == [try Golden.text("directory-query-ids")])
        }
        asked.forget()
        try await OrganizationsAlone.run(asked) { api in
            let path = try await OrganizationsAlone.acme(api, asked, by: Cast.bob)
            asked.forget()
            let added = try await api.call(
                "POST", path + "/members", body: #"{"email":"Ada@Example.com"}"#, fields: bob)
            #expect(added.status == 201 && added["userId"] == Cast.ada.userId)
            #expect(asked.bodies == [try Golden.text("find-users-query-email")])
        }
    }

    @Test(arguments: [
        ("entity-standing-answer", 201), ("entity-standing-answer-hidden", 404),
        ("entity-standing-answer-none", 404),
    ])
    func `the entity standing query matches the golden`(standing: String, status: Int) async throws
    {
        let asked = Asked()
        try await OrganizationsAlone.run(asked, standing: standing) { api in
            let path = try await OrganizationsAlone.acme(api, asked, by: Cast.bob) + "/store"
            asked.forget()
            let body = #"{"entityId":"\#(Cast.entity)"}"#
            let published = try await api.call("POST", path, body: body, fields: bob)
            #expect(published.status == status, "\(published.text)")
            #expect(asked.bodies == [try Golden.text("entity-standing-query")])
            if status == 201 {
                #expect(published.json?["entity"]?["name"]?.string == "Notes")
                #expect(published.json?["entity"]?["type"]?.string == "app")
            }
        }
    }

    @Test func `store queries return the golden reply`() async throws {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            let mine = try await OrganizationsAlone.acme(api, asked, by: Cast.bob)
            let other = try await OrganizationsAlone.organization(api, "Other", by: Cast.ada)
            for (path, entity, identity) in [
                (mine, Cast.entity, bob), ("/api/organizations/\(other)", Cast.otherEntity, ada),
            ] {
                let published = try await api.call(
                    "POST", path + "/store",
                    body: #"{"entityId":"\#(entity)","isPublic":true}"#, fields: identity)
                #expect(published.status == 201, "\(published.text)")
            }
            let access = try await answer(
                api, OrganizationQueries.storeAccess, "store-access", asked)
            let reply = try JSON.decode(StoreAccessReply.self, Array(access.text.utf8))
            #expect(reply.mark != nil)
            // The process counts by an epoch of its own.
            let unmarked = JSON.text(StoreAccessReply(subjects: reply.subjects))
            #expect(unmarked == (try Golden.text("store-access-answer")))
            let grants = try await answer(
                api, OrganizationQueries.grants, "store-grants", asked)
            let id = try #require(grants.json?["publicOnes"]?[0]?["id"]?.string)
            #expect(id.hasPrefix("pub_"))
            asked.call(id, Cast.publication)
            #expect(asked.golden(grants.text) == (try Golden.text("store-grants-answer")))
            let people = try await answer(
                api, OrganizationQueries.people, "store-people", asked)
            #expect(people.text == (try Golden.text("store-people-answer")))
            let all = try await answer(
                api, OrganizationQueries.storeEntities, "store-entities", asked)
            asked.call(other, Cast.otherOrganization)
            // Random.
            let epoch = try #require(all.json?["mark"]?["epoch"]?.string)
            #expect(
                asked.golden(all.text.replacing(epoch, with: "e1"))
                    == (try Golden.text("store-entities-answer")))
        }
    }

    @Test func `colleague and membership queries return the golden reply`() async throws {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            // Shares no organization yet.
            let stranger = try await answer(
                api, OrganizationQueries.membership, "membership", asked)
            #expect(stranger.text == (try Golden.text("membership-answer-none")))
            let path = try await OrganizationsAlone.acme(api, asked, by: Cast.bob)
            let strangers = try await answer(
                api, OrganizationQueries.colleagues, "colleagues", asked)
            #expect(strangers.text == #"{"colleagues":[]}"#)
            let added = try await api.call(
                "POST", path + "/members", body: #"{"userId":"\#(Cast.ada.userId)"}"#, fields: bob)
            #expect(added.status == 201, "\(added.text)")
            let both = try await answer(api, OrganizationQueries.colleagues, "colleagues", asked)
            #expect(both.text == (try Golden.text("colleagues-answer")))
            let member = try await answer(
                api, OrganizationQueries.membership, "membership", asked)
            let id = try #require(member["membershipId"])
            #expect(id.hasPrefix("mem_"))
            // Only the id is not known in advance.
            #expect(
                member.text.replacing(id, with: Cast.membership)
                    == (try Golden.text("membership-answer")))
        }
    }

    @Test func `the audit tail query returns the golden reply`() async throws {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            _ = try await OrganizationsAlone.acme(api, asked, by: Cast.ada)
            let tail = try await answer(api, AuditRoutes.tail, "audit-tail", asked)
            let golden = JSONValue(try Golden.bytes("audit-tail-answer"))
            #expect(tail.json?.names == golden?.names)
            #expect(tail.json?["entries"]?[0]?.names == golden?["entries"]?[0]?.names)
            let actors = Set(tail.json?["entries"]?.items.map { $0["actorId"]?.string } ?? [])
            #expect(actors == [Cast.ada.userId])
        }
    }

    @Test(arguments: OrganizationQueries.all + [InternalEvent.deliver, AuditRoutes.tail])
    func `a user's identity can't call internal routes`(
        endpoint: Endpoint
    ) async throws {
        try await OrganizationsAlone.run(Asked()) { api in
            let body = try Golden.text("store-access-query")
            for fields in [bob, [Cast.identity(of: Cast.ada, for: "entities")], []] {
                let refused = try await api.call("POST", endpoint.path, body: body, fields: fields)
                #expect(refused.status == 401, "\(endpoint.id): \(refused.text)")
            }
        }
    }

    /// The reply to the golden query of this name.
    private func answer(
        _ api: APIClient, _ endpoint: Endpoint, _ golden: String, _ asked: Asked
    ) async throws -> RawResponse {
        let answer = try await api.call(
            "POST", endpoint.path, body: asked.real(try Golden.text("\(golden)-query")),
            fields: entities)
        #expect(answer.status == 200, "\(endpoint.id): \(answer.text)")
        return answer
    }
}
