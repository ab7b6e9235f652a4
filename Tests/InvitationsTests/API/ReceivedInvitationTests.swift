import InvitationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations

/// What invitees see of invitations to them, and declining.
@Suite struct ReceivedInvitationTests {
    private func mine(_ served: ServedInvitations, _ caller: Caller) async throws -> JSONValue {
        let list = try await served.send("GET /api/v1/invitations", as: caller)
        #expect(list.status == 200, "\(list.text)")
        return try #require(list.json?["data"]?[0])
    }

    @Test func `a pending invitation says to what it is, and from whom`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = served.entity("CRM <b>", by: ada)
            try await served.invite("bob@example.com", to: id, by: ada)
            let one = try await mine(served, bob)
            #expect(one["entity_id"]?.string == id && one["entity_name"]?.string == "CRM <b>")
            #expect(one["inviter"]?.names == ["display_name", "email", "id"])
            #expect(one["inviter"]?["id"]?.string == ada.userId)
            #expect(one["inviter"]?["email"]?.string == "ada@example.com")
            #expect(one["inviter"]?["display_name"]?.string == "Ada")
            // The owner's list has neither.
            let list = try await served.send("GET /api/v1/entities/\(id)/invitations", as: ada)
            #expect(list.json?["data"]?[0]?["entity_name"] == nil)
        }
    }

    @Test func `a deleted inviter has no name`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            try await served.invite("bob@example.com", to: served.entity(by: ada), by: ada)
            served.directory.remove(ada.userId)
            let one = try await mine(served, bob)
            #expect(one["inviter"] == .null && one["entity_name"]?.string == "CRM")
        }
    }

    @Test func `names stay visible with access, and end with it`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = served.entity(by: ada)
            let made = try await served.invite("bob@example.com", to: id, by: ada)
            #expect(try await served.accept(try served.token(made), by: bob).status == 200)
            var one = try await mine(served, bob)
            #expect(one["entity_name"]?.string == "CRM")
            #expect(one["inviter"]?["display_name"]?.string == "Ada")
            let end = try await served.send(
                "DELETE /api/v1/entities/\(id)/collaborators/\(bob.userId)", as: ada)
            #expect(end.status == 204)
            one = try await mine(served, bob)
            #expect(one["status"]?.string == "accepted")
            #expect(one["entity_name"] == .null && one["inviter"] == .null)
        }
    }

    @Test(arguments: ["revoked", "expired"]) func `an invitation that has ended says no names`(
        status: String
    ) async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = served.entity(by: ada)
            let made = try await served.invite("bob@example.com", to: id, by: ada)
            if status == "revoked" {
                let path = "/api/v1/entities/\(id)/invitations/\(made["id"]?.string ?? "")"
                #expect(try await served.send("DELETE \(path)", as: ada).status == 200)
            } else {
                served.clock.advance(seconds: 8 * 86_400)
            }
            let one = try await mine(served, bob)
            #expect(one["status"]?.string == status)
            #expect(one["entity_name"] == .null && one["inviter"] == .null)
        }
    }

    // MARK: Declining

    @Test func `the invitee declines: to the inviter it is revoked, and can be sent anew`()
        async throws
    {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = served.entity(by: ada)
            let made = try await served.invite("bob@example.com", to: id, by: ada)
            let token = try served.token(made)
            let declined = try await served.decline(token, by: bob)
            #expect(declined.status == 200 && declined["status"] == "revoked")
            #expect(declined["id"] == made["id"]?.string)
            let again = try await served.decline(token, by: bob)
            #expect(again.status == 200 && again["status"] == "revoked")
            let late = try await served.accept(token, by: bob)
            #expect(late.status == 410 && late.code == "invitation_revoked")
            let list = try await served.send("GET /api/v1/entities/\(id)/invitations", as: ada)
            #expect(list.json?["data"]?[0]?["status"]?.string == "revoked")
            try await served.invite("bob@example.com", to: id, by: ada)
        }
    }

    @Test func `only the invitee declines, and only what is pending`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob, eve) = (served.user("ada"), served.user("bob"), served.user("eve"))
            let made = try await served.invite(
                "bob@example.com", to: served.entity(by: ada), by: ada)
            let token = try served.token(made)
            for other in [eve, ada] {
                let refused = try await served.decline(token, by: other)
                #expect(refused.status == 403 && refused.code == "email_mismatch")
            }
            let unknown = try await served.decline("inv_x.y", by: bob)
            #expect(unknown.status == 404)
            #expect(try await served.accept(token, by: bob).status == 200)
            let accepted = try await served.decline(token, by: bob)
            #expect(accepted.status == 410 && accepted.code == "invitation_used")
        }
    }

    @Test func `a repeated decline with a key is answered without the link`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let made = try await served.invite(
                "bob@example.com", to: served.entity(by: ada), by: ada)
            let token = try served.token(made)
            let key = ["Idempotency-Key: k"]
            let first = try await served.decline(token, by: bob, fields: key)
            #expect(first["accept_url"] != nil)
            let second = try await served.decline(token, by: bob, fields: key)
            #expect(second.field("idempotency-replayed") == "true")
            #expect(second["accept_url"] == nil && second["status"] == "revoked")
        }
    }

    @Test func `of accepting and declining at once one wins`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            for round in 1...5 {
                let id = served.entity("CRM \(round)", by: ada)
                let made = try await served.invite("bob@example.com", to: id, by: ada)
                let token = try served.token(made)
                async let accepted = served.accept(token, by: bob)
                async let declined = served.decline(token, by: bob)
                let statuses = try await [accepted.status, declined.status]
                #expect(statuses == [200, 410] || statuses == [410, 200])
            }
        }
    }
}
