import Contract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The gateway's queries for its pages.
@Suite struct LinkTests {
    private static let view = "POST /internal/invitations/view"
    private static let answer = "POST /internal/invitations/answer"

    private func command(
        _ link: String, accepts: Bool = true, _ user: String = "bob",
        email: String? = nil
    ) -> String {
        #"""
        {\#(link),"accepts":\#(accepts),"userId":"usr_\#(user)",
         "email":"\#(email ?? user + "@example.com")",
         "actor":{"userId":"usr_\#(user)","tokenId":"tok_s","requestId":"r-9"}}
        """#
    }

    private func run(
        _ body: (ServedInvitations, _ token: String, _ claim: String) async throws -> Void
    ) async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let made = try await served.invite(
                "bob@example.com", to: served.entity("CRM <1>", by: ada), by: ada,
                #","message":"Hi","role":"viewer""#)
            try await body(
                served, #""token":"\#(try served.token(made))""#,
                #""claim":"\#(try await served.claim("bob@example.com"))""#)
        }
    }

    @Test func `either link shows the invitation and changes nothing`() async throws {
        try await run { served, token, claim in
            #expect(await eventually { (try? served.database.hasPendingMails()) == false })
            let before = try served.database.dump()
            for link in [token, claim] {
                let shown = try await served.sendAsService(Self.view, "{\(link)}")
                #expect(shown.status == 200)
                let view = try #require(shown.json?["view"])
                #expect(view["name"]?.string == "CRM <1>")
                #expect(view["inviterId"] == view["invitation"]?["invited_by"])
                #expect(view["message"]?.string == "Hi")
                #expect(view["invitation"]?["role"]?.string == "viewer")
                #expect(view["isDeclined"]?.bool == false && shown.json?["refusal"] == .null)
            }
            #expect(try served.database.dump() == before)
        }
    }

    @Test func `an overdue invitation is shown as expired, even before the sweep stores it`()
        async throws
    {
        try await run { served, token, _ in
            served.clock.advance(seconds: 8 * 86_400)
            let shown = try await served.sendAsService(Self.view, "{\(token)}")
            #expect(shown.json?["view"]?["invitation"]?["status"]?.string == "expired")
            let refused = try await served.sendAsService(Self.answer, command(token))
            #expect(refused.json?["refusal"]?["code"]?.string == "invitation_expired")
            #expect(refused.json?["refusal"]?["status"]?.int == 410)
        }
    }

    @Test func `accepting by link is audited as the invitee with their session`() async throws {
        try await run { served, token, claim in
            for link in [token, claim] {
                let other = try await served.sendAsService(Self.answer, command(link, "eve"))
                #expect(other.status == 200 && other.json?["view"] == .null)
                #expect(other.json?["refusal"]?["code"]?.string == "email_mismatch")
                #expect(other.json?["refusal"]?["status"]?.int == 403)
            }
            let accepted = try await served.sendAsService(Self.answer, command(claim))
            #expect(accepted.json?["view"]?["invitation"]?["status"]?.string == "accepted")
            // From another session: only the same session can repeat a lost response.
            let again = try await served.sendAsService(
                Self.answer, command(claim).replacing("tok_", with: "tok_x"))
            #expect(again.json?["refusal"]?["code"]?.string == "invitation_used")
            let rows = try served.database.read { db in
                try db.rows(
                    """
                    SELECT coalesce(actor_id, '') || ' ' || coalesce(token_id, '') || ' '
                        || coalesce(request_id, '') FROM audit
                    WHERE action = 'invitation.accepted'
                    """
                ) { $0.text(0) }
            }
            #expect(rows == ["usr_bob tok_s r-9"])
        }
    }

    @Test func `the page of a declined invitation says so`() async throws {
        try await run { served, token, _ in
            for _ in 0..<2 {
                let declined = try await served.sendAsService(
                    Self.answer, command(token, accepts: false))
                #expect(declined.json?["view"]?["isDeclined"]?.bool == true)
                #expect(declined.json?["view"]?["invitation"]?["status"]?.string == "revoked")
            }
        }
    }

    @Test func `unknown links are refused alike, and exactly one secret is required`()
        async throws
    {
        try await run { served, token, claim in
            for link in [#""token":"x""#, #""claim":"""#, #""token":"inv_1.2""#] {
                let shown = try await served.sendAsService(Self.view, "{\(link)}")
                #expect(shown.json?["refusal"]?["status"]?.int == 404, "\(shown.text)")
            }
            for body in ["{}", "{\(token),\(claim)}"] {
                #expect(try await served.sendAsService(Self.view, body).status == 422)
            }
        }
    }

    @Test func `an outage is an error, not a refusal`() async throws {
        try await run { served, token, _ in
            served.entities.isDown = true
            let away = try await served.sendAsService(Self.answer, command(token))
            #expect(away.status == 503)
        }
    }
}
