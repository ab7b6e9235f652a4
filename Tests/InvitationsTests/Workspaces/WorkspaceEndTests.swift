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

/// What is left of an invitation when it is over, and of who was in.
@Suite struct WorkspaceEndTests {
    let peopled: Peopled
    var world: World { peopled.world }
    var ada: Caller { peopled.ada }
    var lab: Workspace { peopled.lab }

    init() async throws { peopled = try await Peopled() }

    private func rename(_ name: String) async throws {
        world.later()
        try await world.workspaces.updateWorkspace(
            lab.id, try WorkspaceUpdate(name: .value(name)), by: ada
        ).commit()
    }

    private func view(_ invitation: WorkspaceInvitation) throws -> InvitationView {
        try world.workspaces.view(
            invitation.id, world.useCases.secrets.token(of: invitation))
    }

    // MARK: Names

    @Test func `non-members don't learn later names of the workspace`() async throws {
        let dan = world.user("dan")
        let (eve, fay) = (world.user("eve"), world.user("fay"))
        let accepted = try await world.member(dan, of: lab, by: ada)
        let rejected = try await world.invite("eve@example.com", into: lab, by: ada)
        try await world.answer(rejected, "rejected", by: eve)
        let withdrawn = try await world.invite("fay@example.com", into: lab, by: ada)
        try await world.withdraw(withdrawn, by: ada)
        try await world.remove(dan, from: lab, by: ada)
        try await rename("Secret merger")
        for (user, invitation) in [(dan, accepted), (eve, rejected), (fay, withdrawn)] {
            #expect(try await world.listMine(by: user).map(\.workspaceName) == ["Lab"])
            #expect(try view(invitation).name == "Lab")
        }
    }

    @Test func `a pending invitation shows the current name`() async throws {
        let dan = world.user("dan")
        let invitation = try await world.invite("dan@example.com", into: lab, by: ada)
        try await rename("Laboratory")
        #expect(try await world.listMine(by: dan).map(\.workspaceName) == ["Laboratory"])
        #expect(try view(invitation).name == "Laboratory")
    }

    // MARK: Pages

    @Test func `the page of an accepted invitation shows whether the user is still a member`()
        async throws
    {
        let dan = world.user("dan")
        let invitation = try await world.member(dan, of: lab, by: ada)
        #expect(try view(invitation).status == .accepted)
        try await world.remove(dan, from: lab, by: ada)
        let after = try view(invitation)
        #expect(after.status == .revoked && !after.isDeclined)
        let other = try await world.invite("eve@example.com", into: lab, by: ada)
        try await world.answer(other, "rejected", by: world.user("eve"))
        let declined = try view(other)
        #expect(declined.status == .revoked && declined.isDeclined)
        let third = try await world.invite("fay@example.com", into: lab, by: ada)
        world.days(8)
        #expect(try view(third).status == .expired)
    }

    // MARK: Mails

    @Test func `ending an invitation cancels its pending e-mail`() async throws {
        let dan = world.user("dan")
        let names = ["accepted", "rejected", "revoked", "expired"]
        for name in names {
            let invitation = try await world.invite("dan@example.com", into: lab, by: ada)
            #expect(try world.waitingMails(about: invitation.id) == 1)
            switch name {
            case "revoked": try await world.withdraw(invitation, by: ada)
            case "expired":
                world.days(8)
                _ = try await world.workspaces.expireSome()
            default: try await world.answer(invitation, name, by: dan)
            }
            #expect(try world.status(invitation)?.rawValue == name)
            #expect(try world.waitingMails(about: invitation.id) == 0, "\(name)")
            if name == "accepted" { try await world.remove(dan, from: lab, by: ada) }
        }
    }

    @Test func `changing the expiration replaces an e-mail pending for a minute`() async throws {
        let invitation = try await world.invite("dan@example.com", into: lab, by: ada)
        let time = world.clock.now().adding(seconds: 30 * 86_400)
        // It may be on its way.
        world.later(58)
        let soon = try await world.prolong(invitation, to: time, by: ada)
        #expect(soon.mailId == invitation.mailId)
        let later = try await world.prolong(
            invitation, to: time.adding(seconds: 86_400), by: ada)
        #expect(later.mailId != invitation.mailId && later.sentAt == invitation.sentAt)
        #expect(try world.waitingMails(about: invitation.id) == 1)
        #expect(try world.mail(invitation).contains(Language.english.day(later.expiresAt)))
    }

    @Test func `changing the expiration does not resend a sent e-mail`() async throws {
        let invitation = try await world.invite("dan@example.com", into: lab, by: ada)
        let mailId = try #require(invitation.mailId)
        try await world.database.write {
            try WorkspaceInvitationStore.settle(mailId, as: .sent, in: $0)
        }
        let time = world.clock.now().adding(seconds: 30 * 86_400)
        let changed = try await world.prolong(invitation, to: time, by: ada)
        #expect(changed.mailId == mailId && changed.delivery == .sent)
    }

    // MARK: Ways back

    @Test func `removing a member revokes the invitation to their address`()
        async throws
    {
        // To the member's new address.
        let bob = peopled.bob
        let open = try await world.invite("robert@example.com", into: lab, by: ada)
        world.directory.change(bob.userId, email: "robert@example.com")
        try await world.remove(bob, from: lab, by: ada)
        #expect(try world.status(open) == .revoked)
        let refused = await fault { try await world.accept(open, by: bob) }
        #expect(refused == Fault(InvitationProblems.revoked))
    }

    @Test func `a member who left can return by an invitation`() async throws {
        let bob = peopled.bob
        let open = try await world.invite("robert@example.com", into: lab, by: ada)
        world.directory.change(bob.userId, email: "robert@example.com")
        try await world.remove(bob, from: lab, by: bob)
        try await world.accept(open, by: bob)
        #expect(try world.members(of: lab)[bob.userId] == .read)
    }

    @Test func `a user who joined after the directory query is not invited again`()
        async throws
    {
        let open = try await world.invite("dan@example.com", into: lab, by: ada)
        // The directory knows nobody of that address when it is asked.
        var workspaces = world.workspaces
        let joined = Flag()
        workspaces.directory = SlowDirectory(world.directory) { [world] in
            if joined.set() { try await world.accept(open, by: world.user("dan")) }
        }
        let slow = workspaces
        let refused = await fault {
            try await slow.invite(
                try WorkspaceInvitationDraft(email: "dan@example.com"), to: lab.id, by: ada
            ).commit()
        }
        #expect(refused == Fault(WorkspaceProblems.alreadyMember))
    }

    @Test func `an address that a member gave up can be invited`() async throws {
        world.directory.change(peopled.bob.userId, email: "robert@example.com")
        let open = try await world.invite("bob@example.com", into: lab, by: ada)
        #expect(open.status == .pending)
    }

    // MARK: Room

    @Test func `members and pending invitations are limited together`() async throws {
        let room = WorkspaceLimits.people - 3
        try await world.database.write { [lab] tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                INSERT INTO workspace_members (user_id, workspace_id, permissions, shared_at)
                SELECT printf('usr_%d', i), ?1, 'read', ?3 FROM n
                """, .text(lab.id), .int(room - 1), .time(tx.now))
        }
        let last = try await world.invite("dan@example.com", into: lab, by: ada)
        let refused = await fault {
            try await world.invite("eve@example.com", into: lab, by: ada)
        }
        #expect(refused == Fault(WorkspaceProblems.full))
        // Accepting takes the place of the pending invitation.
        try await world.accept(last, by: world.user("dan"))
        #expect(try world.members(of: lab).count == WorkspaceLimits.people)
        try await world.remove(peopled.bob, from: lab, by: ada)
        try await world.invite("eve@example.com", into: lab, by: ada)
    }
}
