import Contract
import EntitiesContract
import HTTPCore
import Kernel
import TestSupport
import Testing

/// What entities tells organizations, what it hears from there, and what it answers.
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

    @Test func `tells of a deleted entity`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, _ in
            let id = try await make(api, as: grace, asked)
            let deleted = try await api.call("DELETE", "/api/entities/\(id)", fields: grace)
            #expect(deleted.status == 204)
            try await expectTold(asked, "entity-deleted-event")
        }
    }

    @Test func `tells of a new name, and of no other change`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, _ in
            let path = "/api/entities/\(try await make(api, as: grace, asked))"
            for body in [#"{"description":"Short"}"#, #"{"name":"Minutes"}"#] {
                let changed = try await api.call("PATCH", path, body: body, fields: grace)
                #expect(changed.status == 200)
            }
            try await expectTold(asked, "entity-renamed-event")
        }
    }

    @Test func `takes a deleted organization once: its entities become personal`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, _ in
            let path = "/api/entities/\(try await make(api, as: grace, asked))"
            try await expectTakenOnce(
                "organization-deleted-event", asked, api, as: organizations)
            let personal = try await api.call("GET", path, fields: grace)
            #expect(personal.status == 200 && personal.json?["organizationId"] == .null)
        }
    }

    @Test func `takes a removed member once: what he owned there passes to the successor`()
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

    @Test func `answers how a user stands to an entity`() async throws {
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
    func `a user's identity opens nothing that is for services`(path: String) async throws {
        try await EntitiesAlone.run(Asked()) { api, bob in
            let query = try Golden.text("entity-standing-query")
            #expect(try await api.call("POST", path, body: query, fields: bob).status == 401)
            #expect(try await api.call("POST", path, body: query).status == 401)
        }
    }
}
