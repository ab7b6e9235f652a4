import Contract
import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit
import TestSupport
import Testing

/// Events that the entities service emits and applies, and queries that it answers.
@Suite struct EntitiesEventTests {
    private let ada = [Cast.identity(of: Cast.ada, for: "entities")]
    private let grace = [Cast.identity(of: Cast.grace, for: "entities"), Cast.request]
    private let organizations = Cast.identity(of: "organizations", for: "entities")

    private func make(
        _ api: APIClient, as identity: [String], _ asked: Asked
    ) async throws -> String {
        let body = #"{"name":"Notes","type":"app","organizationId":"\#(Cast.organization)"}"#
        let made = try await api.call("POST", "/api/entities", body: body, fields: identity)
        let id = try #require(made["id"], "\(made.text)")
        asked.call(id, Cast.entity)
        return id
    }

    @Test func `emits entity.deleted`() async throws {
        let (asked, invitations) = (Asked(), Asked())
        try await EntitiesAlone.run(asked, invitations: invitations) { api, _ in
            let id = try await make(api, as: grace, asked)
            invitations.call(id, Cast.entity)
            let deleted = try await api.call("DELETE", "/api/entities/\(id)", fields: grace)
            #expect(deleted.status == 204)
            try await expectTold(asked, "entity-deleted-event")
            try await expectTold(invitations, "entity-deleted-event")
        }
    }

    @Test func `emits entity.renamed for a new name and for no other change`() async throws {
        let (asked, invitations) = (Asked(), Asked())
        try await EntitiesAlone.run(asked, invitations: invitations) { api, _ in
            let id = try await make(api, as: grace, asked)
            invitations.call(id, Cast.entity)
            let path = "/api/entities/\(id)"
            for body in [#"{"description":"Short"}"#, #"{"name":"Minutes"}"#] {
                let changed = try await api.call("PATCH", path, body: body, fields: grace)
                #expect(changed.status == 200)
            }
            try await expectTold(asked, "entity-renamed-event")
            try await expectTold(invitations, "entity-renamed-event")
        }
    }

    @Test func `emits entity.owner_changed`() async throws {
        let (asked, invitations) = (Asked(), Asked())
        try await EntitiesAlone.run(asked, invitations: invitations) { api, _ in
            let id = try await make(api, as: grace, asked)
            invitations.call(id, Cast.entity)
            let handed = try await api.call(
                "PUT", "/api/entities/\(id)/owner", body: #"{"userId":"\#(Cast.ada.userId)"}"#,
                fields: grace)
            #expect(handed["ownerId"] == Cast.ada.userId, "\(handed.text)")
            // `updatedAt` advances by at least a millisecond.
            let agreed = try Golden.text("entity-owner-changed-event")
            let moment = try #require(handed["updatedAt"])
            let isTold = await eventually {
                invitations.bodies.contains {
                    told($0, at: moment) == agreed
                }
            }
            #expect(isTold, "\(invitations.bodies)")
            #expect(invitations.bodies.count == 1)
        }
    }

    /// An event with the id and time of the golden file.
    private func told(_ body: String, at moment: String) -> String {
        guard let event = try? JSON.decode(InternalEvent.self, Array(body.utf8)) else { return "" }
        return body.replacing(event.id, with: "evt_01KF000000000000000000000J")
            .replacing(moment, with: "2026-01-15T09:00:00.000Z")
    }

    @Test func `applies organization.deleted once: its entities become personal`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, _ in
            let path = "/api/entities/\(try await make(api, as: grace, asked))"
            try await expectTakenOnce(
                "organization-deleted-event", asked, api, as: organizations)
            let personal = try await api.call("GET", path, fields: grace)
            #expect(personal.status == 200 && personal.json?["organizationId"] == .null)
        }
    }

    @Test func `applies member.removed once: the successor becomes the owner`()
        async throws
    {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, _ in
            let path = "/api/entities/\(try await make(api, as: ada, asked))"
            try await expectTakenOnce("member-removed-event", asked, api, as: organizations)
            let handed = try await api.call("GET", path, fields: grace)
            #expect(handed["ownerId"] == Cast.grace.userId && handed["access"] == "publisher")
            let left = try await api.call("GET", path + "/publishers/me", fields: ada)
            #expect(left.text == #"{"isPublisher":false}"#)
        }
    }

    @Test func `answers the standing query as agreed`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, bob in
            func answer() async throws -> String {
                let query = asked.real(try Golden.text("entity-standing-query"))
                return try await api.call(
                    "POST", EntityQueries.standing.path, body: query, fields: [organizations]
                ).text
            }
            let missing = try await answer()
            #expect(missing == (try Golden.text("entity-standing-answer-none")))
            _ = try await make(api, as: grace, asked)
            let hidden = try await answer()
            #expect(hidden == asked.real(try Golden.text("entity-standing-answer-hidden")))
            _ = try await make(api, as: bob, asked)
            let publisher = try await answer()
            #expect(publisher == asked.real(try Golden.text("entity-standing-answer")))
        }
    }

    @Test(arguments: [EntityQueries.standing.path, InternalEvent.deliver.path])
    func `a user can't call routes for services`(path: String) async throws {
        try await EntitiesAlone.run(Asked()) { api, bob in
            let query = try Golden.text("entity-standing-query")
            #expect(try await api.call("POST", path, body: query, fields: bob).status == 401)
            #expect(try await api.call("POST", path, body: query).status == 401)
        }
    }
}
