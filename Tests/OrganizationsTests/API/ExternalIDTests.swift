import Contract
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

@testable import Organizations

@Suite struct ExternalIDTests {
    @Test func `organizations have external ids`() async throws {
        try await ServedOrganizations.run { served in
            try await ExternalIDTrial(
                served, "/api/organizations", audit: "organizationId"
            ).run()
        }
    }

    @Test func `an entity in the store is named by its external id, in the body and in the query`()
        async throws
    {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            _ = try await served.send("POST /api/organizations", #"{"name":"Acme"}"#, as: ada)
            let bot = served.entities.add("Bot", by: ada)
            served.entities.change(bot) { $0.externalId = "bot/1" }
            let store = "/api/organizations/acme/store"
            let body = #"{"entityId":"ext:bot\/1"}"#
            let published = try await served.send("POST \(store)", body, as: ada)
            #expect(published.status == 201 && published.json?["entity"]?["id"]?.string == bot)
            let unknown = try await served.send(
                "POST \(store)", #"{"entityId":"ext:bot"}"#, as: ada)
            let never = try await served.send(
                "POST \(store)", #"{"entityId":"ent_01M7YT9ZKE9AJC5YJET3QB85ZP"}"#, as: ada)
            #expect(unknown.status == never.status && unknown.code == never.code)
            #expect(try await served.send("DELETE \(store)", body, as: ada).status == 204)
            _ = try await served.send("POST \(store)", body, as: ada)
            let query = try await served.send(
                "DELETE \(store)?entityId=ext:bot%2F1", as: ada)
            #expect(query.status == 204)
        }
    }

    @Test func `without the entities context a name of it is 503`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            _ = try await served.send("POST /api/organizations", #"{"name":"Acme"}"#, as: ada)
            served.entities.isDown = true
            let refused = try await served.send(
                "POST /api/organizations/acme/store", #"{"entityId":"ext:a"}"#, as: ada)
            #expect(refused.status >= 500)
        }
    }
}
