import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Creating an invitation.
@Suite struct CreateTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let crm: String

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        crm = world.entity(by: ada)
    }

    @Test func `an invitation, its e-mail, event and audit entry are written together`()
        async throws
    {
        let made = try await world.invite(
            "New@Example.com", to: crm, by: ada, role: "viewer", days: 3, message: "Hi")
        #expect(made.status == .pending && made.email == "new@example.com")
        #expect(made.role == .viewer && made.invitedBy == ada.userId && made.message == "Hi")
        #expect(made.expiresAt == made.createdAt.adding(seconds: 3 * 86_400))
        #expect(made.delivery == .pending && made.mailId != nil && made.generation == 1)
        #expect(try world.find(made) == made)
        #expect(try world.actions(crm) == ["invitation.created"])
        let entry = try #require(try world.audit(crm).first)
        #expect(entry.actorId == ada.userId && entry.tokenId == "tok_ada")
        #expect(entry.requestId == "r-ada" && entry.before == nil)
        #expect(entry.subject.type == "invitation" && entry.subject.id == made.id)
        #expect(try world.events() == ["invitation.sent > usr_ada"])
        let data = try #require(try world.eventData().first)
        #expect(data["invitation_id"]?.string == made.id && data["email_sent"]?.bool == true)
        #expect(data["entity_id"]?.string == crm && data["status"]?.string == "pending")
        #expect(data["role"]?.string == "viewer" && data["invited_by"]?.string == ada.userId)
        let mail = try world.mail(made)
        #expect(mail.contains("To: new@example.com") && mail.contains("Ada invites you to CRM"))
        #expect(mail.contains("view") && mail.contains("Hi"))
    }

    @Test func `an invitation without e-mail sends none`() async throws {
        let made = try await world.invite("new@example.com", to: crm, by: ada, mails: false)
        #expect(made.mailId == nil && made.delivery == .none && made.claimDigest == nil)
        #expect(try world.eventData().first?["email_sent"]?.bool == false)
        #expect(throws: Fault.self) { try world.claim(made) }
        // It can be accepted only by its link; no claim exists.
        for text in ["\(made.id).", made.id] {
            #expect(
                await fault { try await world.take(.claim(text), by: bob) } == .notFound)
        }
    }

    @Test func `links use the public URL`() async throws {
        let made = try await world.invite("new@example.com", to: crm, by: ada)
        let url = world.useCases.acceptURL(made)
        #expect(url == "https://app.example.com/invitations/accept?token=\(world.token(made))")
        #expect(
            try world.mail(made).contains(
                "https://app.example.com/invitations/claim?claim=\(try world.claim(made))"))
    }

    @Test func `members, invitees and the owner can't be invited`() async throws {
        try await world.collaborator(bob, on: crm, by: ada)
        let carol = try await world.invite("carol@example.com", to: crm, by: ada)
        world.later()
        let before = try world.database.dump()
        let cases = [
            ("bob@example.com", "already_collaborator"), ("CAROL@example.com", "already_invited"),
            ("ada@example.com", "validation_failed"),
        ]
        for (email, code) in cases {
            let refused = await fault { try await world.invite(email, to: crm, by: ada) }
            #expect(refused?.code == code)
            if code == "already_invited" {
                #expect(refused?.members == ["invitation_id": carol.id])
            }
        }
        #expect(try world.database.dump() == before)
        // All can be invited to another entity.
        let other = world.entity("Other", by: ada)
        try await world.invite("bob@example.com", to: other, by: ada)
        try await world.invite("carol@example.com", to: other, by: ada)
    }

    @Test func `an address can be invited again after expiry, revocation or leaving`() async throws
    {
        let first = try await world.invite("bob@example.com", to: crm, by: ada, days: 1)
        world.days(1)
        // The sweep hasn't stored yet that the first expired.
        let second = try await world.invite("bob@example.com", to: crm, by: ada)
        #expect(try world.status(first) == .expired)
        #expect(
            try world.events() == [
                "invitation.sent > usr_ada", "invitation.expired > usr_ada",
                "invitation.sent > usr_ada",
            ])
        try await world.revoke(second, by: ada)
        let third = try await world.invite("bob@example.com", to: crm, by: ada)
        try await world.accept(third, by: bob)
        try await world.useCases.removeCollaborator(bob.userId, from: crm, by: bob).commit()
        try await world.invite("bob@example.com", to: crm, by: ada)
    }

    @Test func `an unavailable, deleted or unknown entity is refused accordingly`() async throws {
        let before = try world.database.dump()
        for id in ["ent_01JHMZ0000000000000000000A", "x", ""] {
            #expect(
                await fault { try await world.invite("b@example.com", to: id, by: ada) }
                    == .notFound)
        }
        world.entities.isDown = true
        let away = await fault { try await world.invite("b@example.com", to: crm, by: ada) }
        #expect(away?.kind == .unavailable && away?.code == "entities_unavailable")
        #expect(away?.retryAfter == 1)
        #expect(try world.database.dump() == before)
    }

    @Test func `a hostile name stays text in the e-mail`() async throws {
        world.directory.rename(
            ada.userId, to: "ada", displayName: "Eve\r\nBcc: eve@example.com <b>&")
        let id = world.entity("<script>alert(1)</script>\u{2028}x", by: ada)
        let made = try await world.invite(
            "new@example.com", to: id, by: ada,
            message: "</blockquote><img src=x>\n.\nhttps://evil.example")
        let mail = try world.mail(made)
        let head = mail.split(separator: "\r\n\r\n").first ?? ""
        #expect(!head.isEmpty && !head.contains("\r\nBcc:"))
        let parts = mail.split(separator: "<!doctype html>")
        let page = try #require(parts.count == 2 ? parts[1] : nil)
        #expect(!page.contains("<script>") && !page.contains("<img") && !page.contains("<b>"))
        #expect(page.contains("&lt;img src=x"))
        // In the plain part none of the inviter's lines looks like ours.
        #expect(parts[0].contains("\r\n> </blockquote>"))
        #expect(parts[0].contains("\r\n> https: //evil=E2=80=A4example\r\n"))
        #expect(!parts[0].contains("\r\nhttps: //"))
    }

    @Test func `a name that looks like a link is no link in the e-mail`() async throws {
        world.directory.rename(
            ada.userId, to: "ada", displayName: "Your bank https://bank.evil.example/login")
        let id = world.entity("www.evil.example", by: ada)
        let made = try await world.invite(
            "new@example.com", to: id, by: ada, message: "Sign in at evil.example/now")
        let workspace = try await world.workspace("evil.example", by: ada)
        let called = try await world.invite("new@example.com", into: workspace, by: ada)
        for mail in [try world.mail(made), try world.mail(called)] {
            let parts = mail.split(separator: "\r\n\r\n", maxSplits: 1)
            // The subject consists of encoded words, which contain no dot.
            #expect(parts[0].contains("\r\nSubject: =?utf-8?"))
            #expect(!mail.contains("evil.example") && mail.contains("evil=E2=80=A4example"))
            #expect(mail.contains("Your bank https: //bank=E2=80=A4evil"))
            #expect(mail.contains("\(World.publicURL)/invitations/"))
        }
    }
}
