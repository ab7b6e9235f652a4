import Contract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import Mail
@testable import Workspaces

/// An invitee whose link no longer works asks for a new invitation.
@Suite struct AskAgainTests {
    private let world: World
    private let ada: Caller
    private let crm: String
    private let stranger = Caller(userId: "", requestId: "r-1")

    init() throws {
        world = try World()
        ada = world.user("ada")
        crm = world.entity("CRM", by: ada)
    }

    /// The mails to the inviter, decoded.
    private func requests() throws -> [String] {
        let ids = try world.database.read { db in
            try db.rows("SELECT id FROM mails ORDER BY id") { $0.text(0) }
        }
        return try ids.compactMap { id in
            let mail = try world.database.read { try MailStore.load(id, in: $0) }
            return mail.flatMap { world.outbox.open($0.sealed, id: id) }
                .map { World.readable($0.bytes) }
        }.filter { $0.contains("\r\nTo: ada@example.com\r\n") }
    }

    private func ask(_ invitation: Invitation) async throws -> InvitationView {
        try await world.useCases.ask(.token(world.token(invitation)), by: stranger)
    }

    @Test func `the inviter of an expired invitation gets one mail, which the invitee answers`()
        async throws
    {
        let made = try await world.invite("bob@example.com", to: crm, by: ada, days: 1)
        #expect(try await ask(made).askedAt == nil)
        #expect(try requests().isEmpty)
        world.days(2)
        let view = try await ask(made)
        #expect(view.status == .expired && view.askedAt != nil)
        #expect(try await ask(made) == view)
        let mail = try #require(try requests().first)
        #expect(try requests().count == 1)
        #expect(mail.contains("Subject: bob@example.com asks for a new invitation to CRM"))
        #expect(mail.contains("\r\nReply-To: bob@example.com\r\n"))
        let entries = try world.audit(crm).filter { $0.action == "invitation.requested" }
        let entry = try #require(entries.first)
        #expect(entries.count == 1 && entry.actorId == nil)
        let asked = view.askedAt.map { AuditValue.text($0.rfc3339) }
        #expect(entry.before?.members["requestedAt"] == .null)
        #expect(entry.after?.members["requestedAt"] == asked)
        #expect(try world.eventTypes().filter { $0 == "invitation.requested" }.count == 1)
        // Sent again, the invitation can be asked for again once it has ended again.
        let again = try await world.useCases.resendInvitation(made.id, to: crm, by: ada).commit()
        #expect(again.askedAt == nil)
    }

    @Test func `concurrent requests are one mail, one audit entry and one event`() async throws {
        let made = try await world.invite("bob@example.com", to: crm, by: ada, days: 1)
        world.days(2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await ask(made) } }
            try await group.waitForAll()
        }
        #expect(try requests().count == 1)
        #expect(try world.actions(crm).filter { $0 == "invitation.requested" }.count == 1)
        #expect(try world.eventTypes().filter { $0 == "invitation.requested" }.count == 1)
    }

    @Test func `a revoked invitation can be asked for in the inviter's language`() async throws {
        world.directory.change(ada.userId, locale: "de-CH")
        let made = try await world.invite("bob@example.com", to: crm, by: ada)
        _ = try await world.useCases.revokeInvitation(made.id, to: crm, by: ada).commit()
        #expect(try await ask(made).askedAt != nil)
        #expect(try requests().first?.contains("bittet um eine neue Einladung zu CRM") == true)
    }

    @Test func `a deleted inviter gets none`() async throws {
        let made = try await world.invite("bob@example.com", to: crm, by: ada, days: 1)
        world.days(2)
        world.directory.remove(ada.userId)
        #expect(try await ask(made).askedAt == nil)
        #expect(try requests().isEmpty)
    }

    @Test func `so it is with an invitation to a workspace`() async throws {
        let lab = try await world.workspace("Lab", by: ada)
        let made = try await world.invite("bob@example.com", into: lab, by: ada)
        let token = world.useCases.secrets.token(of: made)
        func ask() async throws -> InvitationView {
            try await world.workspaces.ask(made.id, token, by: stranger)
        }
        #expect(try await ask().askedAt == nil)
        world.days(8)
        let first = try await ask()
        #expect(first.askedAt != nil)
        #expect(try await ask() == first)
        #expect(try requests().count == 1)
        let asked = try world.audit(lab.id).filter { $0.action == "workspace_invitation.requested" }
        #expect(asked.count == 1 && asked.first?.actorId == nil)
        let types = try world.eventTypes().filter { $0 == "workspace.invitation_requested" }
        #expect(types.count == 1)
        await #expect(throws: Fault.self) {
            _ = try await world.workspaces.ask(made.id, token + "x", by: stranger)
        }
    }

    @Test func `an invitation can be declined without an account`() async throws {
        let made = try await world.invite("bob@example.com", to: crm, by: ada)
        let claim = try world.claim(made)
        let view = try await world.useCases.answer(
            .claim(claim), false, as: Invitee(userId: "", email: "bob@example.com"), by: stranger)
        #expect(view.status == .revoked && view.isDeclined)
        let entry = try #require(try world.audit(crm).last { $0.action == "invitation.revoked" })
        #expect(entry.actorId == nil || entry.actorId == "")
    }

    @Test func `the invitation's mail is answered to the inviter`() async throws {
        let made = try await world.invite("bob@example.com", to: crm, by: ada)
        #expect(try world.mail(made).contains("\r\nReply-To: Ada <ada@example.com>\r\n"))
    }

    @Test func `a mail is in the invitation's language, or else the invitee's`() async throws {
        let bob = world.user("bob")
        world.directory.change(bob.userId, locale: "fr")
        let first = try await world.invite("bob@example.com", to: crm, by: ada)
        #expect(try world.mail(first).contains("Ada vous invite"))
        let other = world.entity("Other", by: ada)
        let draft = try InvitationDraft(email: "bob@example.com", locale: "es")
        let second = try await world.useCases.createInvitation(to: other, draft, by: ada).commit()
        #expect(second.locale == "es")
        #expect(try world.mail(second).contains("Ada le invita a Other"))
        #expect(throws: Fault.self) {
            _ = try InvitationDraft(email: "bob@example.com", locale: "spanish!")
        }
    }
}
