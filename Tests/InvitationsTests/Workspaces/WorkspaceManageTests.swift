import Contract
import InvitationsContract
import Kernel
import Presentation
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// What who sent an invitation, or owns the workspace, does with it.
@Suite struct WorkspaceManageTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let dan: Caller
    let lab: Workspace
    let invitation: WorkspaceInvitation

    init() async throws {
        let people = try await Peopled()
        (world, ada, bob, lab) = (people.world, people.ada, people.bob, people.lab)
        dan = world.user("dan")
        invitation = try await world.invite("dan@example.com", into: lab, by: ada)
    }

    /// Each of the three, as somebody.
    private func all(
        _ target: WorkspaceInvitation, by caller: Caller
    ) async throws -> [Fault?] {
        let time = world.clock.now().adding(seconds: 86_400)
        return [
            await fault { try await world.prolong(target, to: time, by: caller) },
            await fault { try await world.resend(target, by: caller) },
            await fault { try await world.withdraw(target, by: caller) },
        ]
    }

    // MARK: Expiration

    @Test func `changing the expiration is respected and audited`() async throws {
        let time = world.clock.now().adding(seconds: 30 * 86_400)
        let changed = try await world.prolong(invitation, to: time, by: ada)
        #expect(changed.expiresAt == time && changed.status == .pending)
        #expect(changed.sentAt == invitation.sentAt && changed.mailId == invitation.mailId)
        #expect(try world.find(invitation) == changed)
        let entry = try #require(try world.audit(lab.id).last)
        #expect(entry.action == "workspace_invitation.expiration_changed")
        let (former, now) = (invitation.expiresAt.rfc3339, time.rfc3339)
        #expect(entry.before?.members["expirationDate"] == .text(former))
        #expect(entry.after?.members["expirationDate"] == .text(now))
        #expect(entry.actorId == ada.userId && entry.subject.id == invitation.id)
        // Nothing is mailed.
        #expect(try world.events().last == "workspace.invitation_sent > usr_ada")
        #expect(try world.waitingMails(about: invitation.id) == 1)
        world.days(29)
        try await world.accept(invitation, by: dan)
        #expect(try world.members(of: lab)[dan.userId] == .read)
    }

    @Test func `the expiration can be earlier`() async throws {
        try await world.prolong(
            invitation, to: world.clock.now().adding(seconds: 11), by: ada)
        world.later(9)
        #expect(try await world.workspaces.expireSome() == 0)
        world.later(1)
        #expect(try await world.workspaces.expireSome() == 1)
        #expect(try world.status(invitation) == .expired)
    }

    @Test func `setting the same expiration changes nothing`() async throws {
        let before = try world.database.dump()
        let same = try await world.prolong(invitation, to: invitation.expiresAt, by: ada)
        #expect(same == invitation)
        #expect(try world.database.dump() == before)
    }

    @Test func `an expiration must be in the future, at most a year ahead`() async throws {
        let now = world.clock.now().adding(seconds: 1)
        let before = try world.database.dump()
        for time in [now, now.adding(seconds: -1), now.adding(seconds: 366 * 86_400)] {
            let refused = await fault {
                try await world.prolong(invitation, to: time, by: ada)
            }
            #expect(refused?.kind == .invalid)
            #expect(refused?.fields.map(\.pointer) == ["/expirationDate"])
            world.later(-1)
        }
        #expect(try world.database.dump() == before)
        try await world.prolong(invitation, to: now.adding(seconds: 365 * 86_400), by: ada)
    }

    // MARK: Resending

    @Test func `an invitation can be resent after a minute`() async throws {
        world.later(20)
        let before = try world.database.dump()
        let soon = await fault { try await world.resend(invitation, by: ada) }
        #expect(soon?.code == "resent_too_soon" && soon?.kind == .rateLimited)
        #expect(soon?.retryAfter == 40)
        #expect(try world.database.dump() == before)
        world.later(40)
        let again = try await world.resend(invitation, by: ada)
        #expect(again.sentAt == world.clock.now())
        let soonAgain = await fault { try await world.resend(invitation, by: ada) }
        #expect(soonAgain?.retryAfter == 60)
        // Nor does another expiration bring the next mail nearer.
        try await world.prolong(
            invitation, to: world.clock.now().adding(seconds: 86_400), by: ada)
        #expect(
            await fault { try await world.resend(invitation, by: ada) }?.retryAfter == 59)
    }

    @Test func `resending replaces the pending e-mail`() async throws {
        let first = try world.mail(invitation)
        world.later(60)
        let again = try await world.resend(invitation, by: ada)
        #expect(again.mailId != invitation.mailId && again.delivery == .pending)
        #expect(again.expiresAt == invitation.expiresAt && again.status == .pending)
        #expect(again.invitedBy == ada.userId && again.createdAt == invitation.createdAt)
        #expect(try world.find(invitation) == again)
        // One waits; the other was taken back.
        #expect(try world.waitingMails(about: invitation.id) == 1)
        let second = try world.mail(again)
        func link(_ mail: String) -> Substring? {
            mail.firstMatch(of: /https:[^ "\r\n]+token=[^ "\r\n]+/)?.output
        }
        #expect(link(first) != nil && link(first) == link(second))
        let entry = try #require(try world.audit(lab.id).last)
        #expect(entry.action == "workspace_invitation.resent")
        #expect(entry.before?.members["sentAt"] == .text(invitation.sentAt.rfc3339))
        #expect(entry.after?.members["sentAt"] == .text(again.sentAt.rfc3339))
        // Any number of times.
        for _ in 0..<8 {
            world.later(60)
            try await world.resend(invitation, by: ada)
        }
        try await world.accept(invitation, by: dan)
    }

    @Test func `a resent e-mail shows the current expiration`() async throws {
        let time = world.clock.now().adding(seconds: 20 * 86_400)
        try await world.prolong(invitation, to: time, by: ada)
        world.later(60)
        let again = try await world.resend(invitation, by: ada)
        #expect(try world.mail(again).contains(Language.english.day(time)))
    }

    // MARK: Withdrawing

    @Test func `revoking ends an invitation and cancels its e-mail`() async throws {
        let over = try await world.withdraw(invitation, by: ada)
        #expect(over.status == .revoked && over.answeredBy == nil)
        #expect(over.delivery == .failed(reason: "canceled before it was sent"))
        #expect(try world.find(invitation) == over)
        #expect(try world.waitingMails(about: invitation.id) == 0)
        #expect(try world.events().last == "workspace.invitation_revoked > usr_ada")
        let entry = try #require(try world.audit(lab.id).last)
        #expect(entry.action == "workspace_invitation.revoked" && entry.actorId == ada.userId)
        #expect(try world.listPending(lab, by: ada).isEmpty)
        #expect(try await world.listMine(.revoked, by: dan).count == 1)
    }

    @Test func `revoking leaves the state of a sent e-mail`() async throws {
        try await world.database.write { [invitation] tx in
            try WorkspaceInvitationStore.settle(invitation.mailId ?? "", as: .sent, in: tx)
        }
        #expect(try await world.withdraw(invitation, by: ada).delivery == .sent)
    }

    // MARK: What is over, and who may

    @Test func `an ended invitation can't be changed, resent or revoked`() async throws {
        var over = [invitation]
        try await world.withdraw(invitation, by: ada)
        for status in ["accepted", "rejected"] {
            let name = "x\(status)"
            let made = try await world.invite("\(name)@example.com", into: lab, by: ada)
            over.append(try await world.answer(made, status, by: world.user(name)))
        }
        // Expired, and that is not written down.
        let late = try await world.invite("late@example.com", into: lab, by: ada)
        world.days(7)
        let before = try world.database.dump()
        for target in over + [late] {
            for refused in try await all(target, by: ada) {
                #expect(refused?.code == "invitation_not_pending" && refused?.kind == .conflict)
            }
        }
        #expect(try world.database.dump() == before)
        #expect(try await world.workspaces.expireSome() == 1)
        for refused in try await all(late, by: ada) {
            #expect(refused?.code == "invitation_not_pending")
            #expect(refused?.detail.contains("expired") == true)
        }
    }

    @Test func `only inviter and owner can manage an invitation`()
        async throws
    {
        world.later(60)
        let before = try world.database.dump()
        let carol = world.user("carol")
        for caller in [bob, carol, world.user("eve")] {
            #expect(try await all(invitation, by: caller) == [.notFound, .notFound, .notFound])
        }
        for refused in try await all(invitation, by: dan) {
            #expect(refused?.code == "inviter_or_owner_required" && refused?.kind == .forbidden)
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `a former owner manages only the invitations that they sent`() async throws {
        let other = try await world.invite("other@example.com", into: lab, by: ada)
        try await world.handOver(lab, to: bob, by: ada)
        let new = try await world.invite("new@example.com", into: lab, by: bob)
        world.later(60)
        #expect(try await all(new, by: ada) == [.notFound, .notFound, .notFound])
        #expect(try await all(invitation, by: ada) == [nil, nil, nil])
        #expect(try world.status(invitation) == .revoked)
        // The new owner hears of it, and manages all.
        #expect(try world.events().last == "workspace.invitation_revoked > usr_bob")
        #expect(try await all(other, by: bob) == [nil, nil, nil])
        // It stays who sent it.
        #expect(try world.find(other)?.invitedBy == ada.userId)
    }

    @Test func `a former member can't manage what they sent`() async throws {
        try await world.handOver(lab, to: bob, by: ada)
        try await world.remove(ada, from: lab, by: bob)
        #expect(try world.status(invitation) == .revoked)
        world.later(60)
        #expect(try await all(invitation, by: ada) == [.notFound, .notFound, .notFound])
    }

    @Test func `an e-mail resent by another user names the inviter`() async throws {
        try await world.handOver(lab, to: bob, by: ada)
        world.later(60)
        let again = try await world.resend(invitation, by: bob)
        #expect(again.invitedBy == ada.userId)
        #expect(try world.mail(again).contains("Ada invites you"))
    }
}
