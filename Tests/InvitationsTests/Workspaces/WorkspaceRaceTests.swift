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

/// Concurrent requests about workspace invitations.
@Suite struct WorkspaceRaceTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let lab: Workspace

    init() async throws {
        world = try World()
        (ada, bob) = (world.user("ada"), world.user("bob"))
        lab = try await world.workspace(by: ada)
    }

    private func isIn(_ user: Caller) throws -> Bool {
        try world.members(of: lab)[user.userId] != nil
    }

    private func proofs(_ action: String) throws -> Int {
        try world.actions(lab.id).filter { $0 == action }.count
    }

    @Test(arguments: [2, 20])
    func `of many concurrent accepts one succeeds, the others fail as answered`(_ count: Int)
        async throws
    {
        let invitation = try await world.invite("bob@example.com", into: lab, by: ada)
        let result = await race(count) { _ in
            try await world.answerNow(invitation, "accepted", by: bob)
        }
        #expect(result.succeeded == 1)
        #expect(result.codes == Array(repeating: "invitation_answered", count: count - 1))
        #expect(try world.members(of: lab) == [ada.userId: .owner, bob.userId: .read])
        #expect(try world.count("workspace.invitation_accepted") == 1)
        #expect(try proofs("workspace_member.added") == 1)
    }

    @Test(arguments: 0..<20)
    func `accepted or rejected, never both`(_ round: Int) async throws {
        let invitation = try await world.invite("bob@example.com", into: lab, by: ada)
        let result = await race(2) { index in
            try await world.answerNow(
                invitation, (index + round) % 2 == 0 ? "accepted" : "rejected", by: bob)
        }
        #expect(result.succeeded == 1 && result.codes == ["invitation_answered"])
        let isIn = try isIn(bob)
        #expect(try world.status(invitation) == (isIn ? .accepted : .rejected))
        #expect(try world.count("workspace.invitation_accepted") == (isIn ? 1 : 0))
        #expect(try world.count("workspace.invitation_rejected") == (isIn ? 0 : 1))
    }

    @Test(arguments: 0..<20)
    func `accepted or revoked, never both`(_ round: Int) async throws {
        let invitation = try await world.invite("bob@example.com", into: lab, by: ada)
        let result = await race(2) { index in
            if (index + round) % 2 == 0 {
                try await world.answerNow(invitation, "accepted", by: bob)
            } else {
                try await world.workspaces.revokeInvitation(invitation.id, by: ada).commit()
            }
        }
        #expect(result.succeeded == 1)
        let isIn = try isIn(bob)
        #expect(try world.status(invitation) == (isIn ? .accepted : .revoked))
        #expect(result.codes == [isIn ? "invitation_not_pending" : "invitation_revoked"])
        #expect(
            try world.count("workspace.invitation_accepted")
                + world.count("workspace.invitation_revoked") == 1)
    }

    @Test(arguments: 0..<20)
    func `accepted or expired, never both`(_ round: Int) async throws {
        let invitation = try await world.invite("bob@example.com", into: lab, by: ada)
        world.later(7 * 86_400 - 1)
        let result = await race(3) { index in
            switch (index + round) % 3 {
            case 0: try await world.answerNow(invitation, "accepted", by: bob)
            case 1: _ = try await world.workspaces.expireSome()
            default: world.later()
            }
        }
        _ = try await world.workspaces.expireSome()
        let isIn = try isIn(bob)
        #expect(try world.status(invitation) == (isIn ? .accepted : .expired))
        #expect(result.codes == (isIn ? [] : ["invitation_expired"]))
        #expect(
            try world.count("workspace.invitation_accepted")
                + world.count("workspace.invitation_expired") == 1)
    }

    @Test(arguments: 0..<20)
    func `accepting while the workspace is deleted leaves no membership`(_ round: Int) async throws
    {
        let invitation = try await world.invite("bob@example.com", into: lab, by: ada)
        let result = await race(2) { index in
            if (index + round) % 2 == 0 {
                try await world.answerNow(invitation, "accepted", by: bob)
            } else {
                try await world.workspaces.deleteWorkspace(lab.id, by: ada).commit()
            }
        }
        let accepted = try world.count("workspace.invitation_accepted")
        #expect(result.codes == (accepted == 1 ? [] : ["not_found"]))
        #expect(try world.find(lab) == nil && world.members(of: lab).isEmpty)
        #expect(try world.find(invitation) == nil)
        #expect(try world.count("workspace.invitation_revoked") == 1 - accepted)
        #expect(try world.count("workspace.member_removed") == accepted)
        #expect(try world.actions(lab.id).last == "workspace.deleted")
    }

    @Test func `of twenty concurrent invitations of an address one is created`() async throws {
        let result = await race(20) { _ in
            _ = try await world.workspaces.invite(
                try WorkspaceInvitationDraft(email: "bob@example.com"), to: lab.id, by: ada
            ).commit()
        }
        #expect(result.succeeded == 1)
        #expect(result.codes == Array(repeating: "already_invited", count: 19))
        #expect(try world.count("workspace.invitation_sent") == 1 && world.waitingMails() == 1)
    }

    @Test func `an expired invitation replaced by twenty concurrent ones expires once`()
        async throws
    {
        let old = try await world.invite("bob@example.com", into: lab, by: ada)
        world.days(7)
        let result = await race(21) { index in
            guard index > 0 else {
                _ = try await world.workspaces.expireSome()
                return
            }
            _ = try await world.workspaces.invite(
                try WorkspaceInvitationDraft(email: "bob@example.com"), to: lab.id, by: ada
            ).commit()
        }
        #expect(result.succeeded == 2)
        #expect(try world.status(old) == .expired)
        #expect(try world.count("workspace.invitation_expired") == 1)
        #expect(try world.pending(to: lab).count == 1)
    }

    @Test func `twenty concurrent resends send one e-mail`() async throws {
        let invitation = try await world.invite("bob@example.com", into: lab, by: ada)
        world.later(60)
        let result = await race(20) { _ in
            try await world.workspaces.resendInvitation(invitation.id, by: ada).commit()
        }
        #expect(result.succeeded == 1)
        #expect(result.codes == Array(repeating: "resent_too_soon", count: 19))
        // The first was canceled.
        #expect(try world.mailsAbout(invitation.id) == 2)
        #expect(try world.waitingMails(about: invitation.id) == 1)
        #expect(try proofs("workspace_invitation.resent") == 1)
    }

    @Test(arguments: 0..<20)
    func `a revoked invitation is not e-mailed by a concurrent resend`(_ round: Int) async throws {
        let invitation = try await world.invite("bob@example.com", into: lab, by: ada)
        world.later(60)
        let result = await race(2) { index in
            if (index + round) % 2 == 0 {
                try await world.workspaces.resendInvitation(invitation.id, by: ada).commit()
            } else {
                try await world.workspaces.revokeInvitation(invitation.id, by: ada).commit()
            }
        }
        #expect(result.codes.isEmpty || result.codes == ["invitation_not_pending"])
        #expect(try world.status(invitation) == .revoked)
        #expect(try world.waitingMails() == 0)
    }

    @Test(arguments: 0..<10)
    func `accepting while the inviter is deleted ends consistently in either order`(_ round: Int)
        async throws
    {
        let carol = world.user("carol")
        try await world.member(carol, of: lab, by: ada)
        let invitation = try await world.invite("bob@example.com", into: lab, by: ada)
        let result = await race(2) { index in
            if (index + round) % 2 == 0 {
                try await world.answerNow(invitation, "accepted", by: bob)
            } else {
                _ = try await world.context.onUserDeleted(ada.userId, by: bob, eventId: "evt_1")
            }
        }
        let isIn = try isIn(bob)
        #expect(try world.status(invitation) == (isIn ? .accepted : .revoked))
        #expect(result.codes == (isIn ? [] : ["invitation_revoked"]))
        #expect(try world.find(lab)?.ownerId == carol.userId)
    }
}
