import Contract
import InvitationsContract
import Kernel
import Mail
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The public API of workspace invitations.
@Suite struct WorkspaceInvitationAPITests {
    private static let members = [
        "createdAt", "emailError", "emailStatus", "expirationDate", "id", "invitedBy",
        "invitedEmail", "locale", "permissions", "returnUrl", "sentAt", "status",
        "workspaceId", "workspaceName",
    ]

    private func path(_ invitation: JSONValue?) throws -> String {
        "/api/v2/workspaceInvitations/\(try #require(invitation?["id"]?.string))"
    }

    @Test func `an invitation from creation to acceptance`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = try await served.workspace(by: ada)
            let made = try await served.send(
                "POST /api/v2/workspaces/\(id)/invite",
                #"{"invitedEmail":" Bob@Example.com "}"#, as: ada)
            // 200, not 201, as in the product's reference.
            #expect(made.status == 200 && made.json?.names == Self.members, "\(made.text)")
            #expect(made["workspaceId"] == id && made["workspaceName"] == "Lab")
            #expect(made["invitedEmail"] == "bob@example.com" && made["permissions"] == "read")
            #expect(made["status"] == "pending" && made["invitedBy"] == ada.userId)
            #expect(made["createdAt"] == "2026-01-15T09:00:01.000Z")
            #expect(made["sentAt"] == "2026-01-15T09:00:01.000Z")
            #expect(made["expirationDate"] == "2026-01-22T09:00:01.000Z")
            #expect(made["emailStatus"] == "pending" && made.json?["emailError"] == .null)
            try await served.settleMails()
            let mine = try await served.send("GET /api/v2/workspaceInvitations", as: bob)
            let listed = try #require(mine.json?["items"]?[0])
            #expect(listed.names == (Self.members + ["inviter"]).sorted())
            #expect(listed["emailStatus"]?.string == "sent")
            #expect(listed["id"] == made.json?["id"])
            let pending = try await served.send(
                "POST /api/v2/workspaces/\(id)/pendingInvitations", as: ada)
            // The inviter is among the answer's members for the invitee alone.
            #expect(pending.json?["items"]?[0]?.names == Self.members)
            #expect(pending.json?["items"]?[0]?["id"] == listed["id"])
            let accepted = try await served.answer(listed, "accepted", by: bob)
            #expect(accepted.status == 200 && accepted.json?.names == Self.members)
            #expect(accepted["status"] == "accepted" && accepted["id"] == made["id"])
            let again = try await served.answer(listed, "accepted", by: bob)
            #expect(again.status == 409 && again.code == "invitation_answered")
            let workspace = try await served.send("GET /api/v2/workspaces/\(id)", as: bob)
            #expect(workspace["permissions"] == "read")
        }
    }

    @Test func `a user who rejects is not a member`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = try await served.workspace(by: ada)
            let made = try await served.invite("bob@example.com", intoWorkspace: id, by: ada)
            let rejected = try await served.answer(made, "rejected", by: bob)
            #expect(rejected.status == 200 && rejected["status"] == "rejected")
            let hidden = try await served.send("GET /api/v2/workspaces/\(id)", as: bob)
            #expect(hidden.status == 404)
        }
    }

    @Test func `conflicts name the id of the existing invitation`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            _ = try await served.member("bob", of: id, by: ada)
            let first = try await served.invite("dan@example.com", intoWorkspace: id, by: ada)
            let invite = "POST /api/v2/workspaces/\(id)/invite"
            let second = try await served.send(
                invite, #"{"invitedEmail":"DAN@example.com"}"#, as: ada)
            #expect(second.status == 409 && second.code == "already_invited")
            #expect(second["invitationId"] == first["id"]?.string)
            for name in ["bob", "ada"] {
                let inside = try await served.send(
                    invite, #"{"invitedEmail":"\#(name)@example.com"}"#, as: ada)
                #expect(inside.status == 409 && inside.code == "already_member")
            }
        }
    }

    @Test func `the expiration can be set, and resending is limited to once a minute`() async throws
    {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            let made = try await served.invite("bob@example.com", intoWorkspace: id, by: ada)
            let path = try path(made)
            let prolonged = try await served.send(
                "POST \(path)/expiration", #"{"expirationDate":"2027-01-15T09:00:01+01:00"}"#,
                as: ada)
            #expect(prolonged.status == 200 && prolonged.json?.names == Self.members)
            #expect(prolonged["expirationDate"] == "2027-01-15T08:00:01.000Z")
            served.clock.advance(seconds: 18)
            let soon = try await served.send("POST \(path)/resend", as: ada)
            #expect(soon.status == 429 && soon.code == "resent_too_soon")
            #expect(soon.field("retry-after") == "42")
            served.clock.advance(seconds: 42)
            let again = try await served.send("POST \(path)/resend", as: ada)
            #expect(again.status == 200 && again.json?.names == Self.members)
            #expect(again["sentAt"] == "2026-01-15T09:01:02.000Z")
            #expect(again["createdAt"] == made["createdAt"]?.string)
            let mailbox = served.mailbox
            #expect(await eventually { mailbox.mails(to: "bob@example.com").count == 2 })
            let withdrawn = try await served.send("DELETE \(path)", as: ada)
            #expect(withdrawn.status == 204 && withdrawn.body.isEmpty)
            for (method, ending, body) in [
                ("DELETE", "", nil), ("POST", "/resend", nil),
                ("POST", "/expiration", #"{"expirationDate":"2026-06-01T00:00:00Z"}"#),
            ] {
                let over = try await served.send("\(method) \(path)\(ending)", body, as: ada)
                #expect(over.status == 409 && over.code == "invitation_not_pending")
            }
            let gone = try await served.answer(made, "accepted", by: served.user("bob"))
            #expect(gone.status == 410 && gone.code == "invitation_revoked")
        }
    }

    @Test func `an expired invitation is shown as expired before and after the sweep`() async throws
    {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = try await served.workspace(by: ada)
            let made = try await served.invite("bob@example.com", intoWorkspace: id, by: ada)
            served.clock.advance(seconds: 7 * 86_400)
            func look() async throws {
                let late = try await served.answer(made, "accepted", by: bob)
                #expect(late.status == 410 && late.code == "invitation_expired")
                let mine = try await served.send(
                    "GET /api/v2/workspaceInvitations?status=expired", as: bob)
                #expect(mine.json?["items"]?[0]?["status"]?.string == "expired")
                let pending = try await served.send(
                    "POST /api/v2/workspaces/\(id)/pendingInvitations", as: ada)
                #expect(pending.json?["total"]?.int == 0)
            }
            try await look()
            let database = served.database
            // The sweep stores it without a request.
            let isTold = await eventually(within: 20_000) {
                (try? database.hasEvent("workspace.invitation_expired")) == true
            }
            #expect(isTold)
            try await look()
        }
    }

    @Test func `received invitations can be filtered by status`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            for (name, status) in [("One", "accepted"), ("Two", "rejected"), ("Three", "pending")] {
                let id = try await served.workspace(name, by: ada)
                let made = try await served.invite("bob@example.com", intoWorkspace: id, by: ada)
                if status != "pending" { _ = try await served.answer(made, status, by: bob) }
            }
            let path = "GET /api/v2/workspaceInvitations"
            for (status, name) in [("accepted", "One"), ("rejected", "Two"), ("pending", "Three")] {
                let found = try await served.send("\(path)?status=\(status)", as: bob)
                #expect(found.json?["total"]?.int == 1)
                #expect(found.json?["items"]?[0]?["workspaceName"]?.string == name)
            }
            let none = try await served.send("\(path)?status=revoked", as: bob)
            #expect(none.json?["total"]?.int == 0 && none.json?["items"]?.items.isEmpty == true)
            let all = try await served.send("\(path)?pageSize=2", as: bob)
            #expect(all.json?["total"]?.int == 3 && all.json?["items"]?.items.count == 2)
            #expect(all.field("link")?.contains("rel=\"next\"") == true)
            for status in ["declined", "", "Pending"] {
                let refused = try await served.send("\(path)?status=\(status)", as: bob)
                #expect(refused.status == 422 && refused.pointers == ["/status"], "\(status)")
            }
        }
    }

    /// No GET returns them, so nobody can know an ETag.
    @Test func `If-Match on a resource without an ETag accepts only *`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            let bob = try await served.member("bob", of: id, by: ada)
            let made = try await served.invite("dan@example.com", intoWorkspace: id, by: ada)
            try await served.settleMails()
            let user = "POST /api/v2/workspaces/\(id)/sharedUsers/\(bob.userId)"
            let requests = [
                ("DELETE \(try path(made))", nil, 204), (user, #"{"permissions":"write"}"#, 200),
                ("\(user)/remove", nil, 200),
            ]
            for (request, body, success) in requests {
                let before = try served.database.dump()
                let tagged = try await served.send(
                    request, body, as: ada, fields: [#"If-Match: "a""#])
                #expect(tagged.status == 412 && tagged.code == "precondition_failed")
                #expect(try served.database.dump() == before)
                let any = try await served.send(request, body, as: ada, fields: ["If-Match: *"])
                #expect(any.status == success, "\(request): \(any.text)")
            }
        }
    }

    @Test func `a failed e-mail is shown, and the invitation can be resent`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            served.mailbox.fail(
                "bob@example.com", MailFailure(.permanent, "refused by the server", code: 554))
            let made = try await served.invite("bob@example.com", intoWorkspace: id, by: ada)
            func listed() async throws -> JSONValue? {
                try await served.send(
                    "POST /api/v2/workspaces/\(id)/pendingInvitations", as: ada
                ).json?["items"]?[0]
            }
            #expect(
                await eventually {
                    (try? await listed())?["emailStatus"]?.string == "failed"
                })
            #expect(try await listed()?["emailError"]?.string == "refused by the server")
            served.mailbox.fail("bob@example.com", nil)
            served.clock.advance(seconds: 60)
            let again = try await served.send("POST \(try path(made))/resend", as: ada)
            #expect(again["emailStatus"] == "pending" && again.json?["emailError"] == .null)
            #expect(
                await eventually { (try? await listed())?["emailStatus"]?.string == "sent" })
        }
    }

    @Test func `exceeding the quota is 429 with Retry-After`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let entity = served.entity(by: ada)
            let many = (0..<100).map { "{\"email\":\"u\($0)@example.com\"}" }
                .joined(separator: ",")
            let bulk = try await served.send(
                "POST /api/v1/entities/\(entity)/invitations/bulk",
                #"{"invitations":[\#(many)],"send_email":false}"#, as: ada)
            #expect(bulk.status == 200 && !bulk.text.contains("failed\""))
            let id = try await served.workspace(by: ada)
            let refused = try await served.send(
                "POST /api/v2/workspaces/\(id)/invite", #"{"invitedEmail":"x@example.com"}"#,
                as: ada)
            #expect(refused.status == 429 && refused.code == "invitation_quota_exceeded")
            #expect(refused.field("retry-after") == "3599")
        }
    }
}
