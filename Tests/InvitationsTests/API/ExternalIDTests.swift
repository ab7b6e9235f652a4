import Contract
import InvitationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Invitations

@Suite struct ExternalIDTests {
    @Test func `workspaces have external ids`() async throws {
        try await ServedInvitations.run { served in
            try await ExternalIDTrial(
                served, "/api/v2/workspaces", audit: "workspaceId"
            ).run()
        }
    }

    @Test func `members and invitations of a workspace are reached by its external id`()
        async throws
    {
        try await ServedInvitations.run { served in
            let root = served.user("root", isAdmin: true)
            _ = try await served.send(
                "POST /api/v2/workspaces", #"{"name":"Lab","externalId":"lab/1"}"#, as: root)
            let lab = "/api/v2/workspaces/ext:lab%2F1"
            #expect(try await served.send("GET \(lab)/sharedUsers", as: root).status == 200)
            let invited = try await served.send(
                "POST \(lab)/invite", #"{"invitedEmail":"a@example.com"}"#, as: root)
            #expect(invited.status == 200)
            let pending = try await served.send(
                "POST \(lab)/pendingInvitations", as: root)
            #expect(pending.json?["total"]?.int == 1)
            let nobody = try await served.send(
                "POST \(lab)/sharedUsers/ext:nobody/remove", as: root)
            #expect(nobody.status == 404)
        }
    }

    @Test func `an entity is named by its external id, which its context knows`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let bot = served.entities.add("Bot", owner: ada.userId, at: served.clock.now())
            served.entities.name(bot, "bot/1")
            let invitations = "/api/v1/entities/ext:bot%2F1/invitations"
            let made = try await served.send(
                "POST \(invitations)", #"{"email":"a@example.com"}"#, as: ada)
            #expect(made.status == 201 && made["entity_id"] == bot)
            #expect(try await served.send("GET \(invitations)", as: ada).status == 200)
            for name in ["ext:bot", "ent_01M7YT9ZKE9AJC5YJET3QB85ZP"] {
                let missing = try await served.send(
                    "GET /api/v1/entities/\(name)/invitations", as: ada)
                #expect(missing.status == 404)
            }
        }
    }
}
