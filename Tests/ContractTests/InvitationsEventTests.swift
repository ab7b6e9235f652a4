import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing

/// Events from entities and the gateway.
@Suite struct InvitationsEventTests {
    private let ada = InvitationsAlone.identity(Cast.ada)
    private let bob = InvitationsAlone.identity(Cast.bob)
    private let entities = Cast.identity(of: "entities", for: "invitations")
    private let gateway = Cast.identity(of: "gateway", for: "invitations")

    private func collaborators(_ alone: InvitationsAlone) async throws -> Int? {
        try await alone.api.call(
            "GET", InvitationsAlone.entity + "/collaborators", fields: bob
        ).json?["total"]?.int
    }

    @Test func `applies user.offboarded once, and replies what it did`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            try await alone.accept()
            try await expectTakenOnce("user-offboarded-event", asked, alone.api, as: gateway)
            #expect(try await collaborators(alone) == 0)
            let text = try await alone.query(OffboardingRoutes.state, "offboarding-query")
            let state = JSONValue(Array(text.utf8))
            #expect(state?["counts"]?["removed"]?["collaborations"]?.int == 1)
            #expect(state?["finishedAt"]?.string != nil)
        }
    }

    @Test func `applies user.deleted once: collaborations are removed`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            try await alone.accept()
            #expect(try await collaborators(alone) == 1)
            // In the golden, Grace deletes Ada.
            try await expectTakenOnce("user-deleted-event", asked, alone.api, as: gateway)
            #expect(try await collaborators(alone) == 0)
        }
    }

    @Test func `a deleted user's invitations are revoked`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            let path = try await alone.invite()
            asked.call(Cast.bob.userId, Cast.ada.userId)
            try await expectTakenOnce("user-deleted-event", asked, alone.api, as: gateway)
            asked.call(Cast.ada.userId, Cast.ada.userId)
            // The new owner is notified later.
            try await expectTakenOnce(
                "entity-owner-changed-event", asked, alone.api, as: entities)
            let mine = try await alone.api.call("GET", "/api/v1/invitations", fields: ada)
            let item = mine.json?["data"]?[0]
            #expect(item?["status"]?.string == "revoked", "\(mine.text)")
            // The deleted user can't invite, though entities still calls them the owner.
            let again = try await alone.api.call(
                "POST", path + "/resend", fields: bob)
            #expect(again.status == 403 && again.code == "user_deleted", "\(again.text)")
        }
    }

    @Test func `applies entity.deleted once: nothing of it is left`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            let path = try await alone.invite()
            try await alone.accept()
            try await expectTakenOnce("entity-deleted-event", asked, alone.api, as: entities)
            for gone in [path, InvitationsAlone.entity + "/collaborators"] {
                #expect(try await alone.api.call("GET", gone, fields: bob).status == 404)
            }
            // Nobody can be invited to it, whatever an earlier query returned.
            let made = try await alone.api.call(
                "POST", InvitationsAlone.entity + "/invitations",
                body: #"{"email":"x@example.com"}"#, fields: bob)
            #expect(made.status == 404, "\(made.text)")
        }
    }

    @Test func `applies entity.renamed once and shows the new name`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            try await expectTakenOnce("entity-renamed-event", asked, alone.api, as: entities)
            let view = try await alone.query(InvitationQueries.view, "invitation-view-query")
            #expect(view.contains(#""name":"Minutes""#), "\(view)")
        }
    }

    @Test func `applies entity.owner_changed once`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            try await expectTakenOnce(
                "entity-owner-changed-event", asked, alone.api, as: entities)
        }
    }

    @Test func `an unknown event changes nothing`() async throws {
        try await InvitationsAlone.run(Asked()) { alone, _ in
            // What it does not use it acknowledges.
            let unused = try await alone.api.call(
                "POST", InternalEvent.deliver.path,
                body: try Golden.text("organization-deleted-event"),
                fields: [Cast.identity(of: "organizations", for: "invitations")])
            #expect(unused.status == 200 && unused.json?["applied"]?.bool == false)
            let painted = try await alone.api.call(
                "POST", InternalEvent.deliver.path,
                body: #"{"id":"evt_1","type":"user.painted","at":"2026-01-15T09:00:00.000Z","#
                    + #""data":"{}"}"#, fields: [gateway])
            #expect(painted.text == #"{"applied":false}"#)
        }
    }
}
