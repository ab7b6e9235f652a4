import Contract
import GatewayClient
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

/// Inviting to a workspace, and who sees which invitations.
@Suite struct WorkspaceInviteTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let lab: Workspace

    init() async throws {
        world = try World()
        (ada, bob) = (world.user("ada"), world.user("bob"))
        lab = try await world.workspace(by: ada)
    }

    private func refusal(_ email: String, by caller: Caller? = nil) async throws -> Fault? {
        await fault { try await world.invite(email, into: lab, by: caller ?? ada) }
    }

    @Test func `an invitation is stored, e-mailed, emitted and audited`() async throws {
        let made = try await world.invite(" New@Example.com", into: lab, by: ada)
        let now = world.clock.now()
        #expect(made.email == "new@example.com" && made.permissions == .read)
        #expect(made.status == .pending && made.invitedBy == ada.userId)
        #expect(made.workspaceId == lab.id && IDMinter.uuid(made.id) == made.id)
        #expect(made.createdAt == now && made.sentAt == now)
        #expect(made.expiresAt == now.adding(seconds: 7 * 86_400))
        #expect(made.answeredBy == nil && made.answeredAt == nil)
        #expect(made.delivery == .pending)
        #expect(try world.find(made) == made && world.mailsAbout(made.id) == 1)
        #expect(try world.actions(lab.id) == ["workspace.created", "workspace_invitation.created"])
        #expect(try world.events() == ["workspace.invitation_sent > usr_ada"])
        // Being invited doesn't make a member.
        #expect(try world.members(of: lab) == [ada.userId: .owner])
        let write = try await world.invite("w@example.com", into: lab, by: ada, "write")
        #expect(write.permissions == .write)
    }

    @Test func `members, invitees and the owner can't be invited`() async throws {
        try await world.member(bob, of: lab, by: ada)
        let carol = try await world.invite("carol@example.com", into: lab, by: ada)
        world.later()
        let before = try world.database.dump()
        for email in ["bob@example.com", "BOB@example.com ", "ada@example.com"] {
            let refused = try await refusal(email)
            #expect(refused?.code == "already_member" && refused?.kind == .conflict)
        }
        let refused = try #require(try await refusal("Carol@example.com"))
        #expect(refused.code == "already_invited" && refused.kind == .conflict)
        #expect(refused.members == ["invitationId": carol.id])
        #expect(try world.database.dump() == before)
        // To another workspace they all are.
        let other = try await world.workspace("Other", by: ada)
        for name in ["bob", "carol"] {
            try await world.invite("\(name)@example.com", into: other, by: ada)
        }
    }

    @Test func `only the owner can invite`() async throws {
        let carol = world.user("carol")
        try await world.member(bob, of: lab, by: ada, "write")
        try await world.member(carol, of: lab, by: ada)
        let before = try world.database.dump()
        for caller in [bob, carol] {
            let refused = try await refusal("new@example.com", by: caller)
            #expect(refused?.code == "workspace_owner_required")
        }
        #expect(try await refusal("new@example.com", by: world.user("eve")) == .notFound)
        // Nor does a stranger learn who is in it.
        #expect(try await refusal("bob@example.com", by: world.user("eve")) == .notFound)
        #expect(try world.database.dump() == before)
    }

    @Test func `an expired invitation does not block a new one, even before the sweep stores it`()
        async throws
    {
        let first = try await world.invite("bob@example.com", into: lab, by: ada)
        world.days(7)
        let second = try await world.invite("bob@example.com", into: lab, by: ada, "write")
        #expect(try world.status(first) == .expired && world.status(second) == .pending)
        // Told and proved before the new one, in one transaction.
        #expect(
            try world.events() == [
                "workspace.invitation_sent > usr_ada", "workspace.invitation_expired > usr_ada",
                "workspace.invitation_sent > usr_ada",
            ])
        #expect(
            try world.actions(lab.id).suffix(2) == [
                "workspace_invitation.expired", "workspace_invitation.created",
            ])
        world.days(7)
        #expect(try await world.workspaces.expireSome() == 1)
        try await world.invite("bob@example.com", into: lab, by: ada)
        #expect(try world.count("workspace.invitation_expired") == 2)
    }

    @Test func `an expired invitation stays unchanged if the new one is refused`() async throws {
        let first = try await world.invite("bob@example.com", into: lab, by: ada)
        world.days(7)
        for index in 0..<100 {
            try await world.invite("u\(index)@example.com", into: lab, by: ada)
        }
        let before = try world.database.dump()
        #expect(try await refusal("bob@example.com")?.code == "invitation_quota_exceeded")
        #expect(try world.database.dump() == before)
        #expect(try world.find(first)?.status == .pending)
    }

    @Test func `an address can be invited again after rejection, revocation or leaving`()
        async throws
    {
        let first = try await world.invite("bob@example.com", into: lab, by: ada)
        try await world.answer(first, "rejected", by: bob)
        let second = try await world.invite("bob@example.com", into: lab, by: ada)
        try await world.withdraw(second, by: ada)
        let third = try await world.invite("bob@example.com", into: lab, by: ada)
        try await world.accept(third, by: bob)
        try await world.remove(bob, from: lab, by: bob)
        let fourth = try await world.invite("bob@example.com", into: lab, by: ada)
        #expect(
            try [first, second, third, fourth].map { try world.status($0) } == [
                .rejected, .revoked, .accepted, .pending,
            ])
        // All invitations ever received, newest first.
        let mine = try await world.listMine(by: bob)
        #expect(mine.map(\.invitation.id) == [fourth, third, second, first].map(\.id))
    }

    @Test func `an address without an account can be invited`() async throws {
        let made = try await world.invite("dan@example.com", into: lab, by: ada, "write")
        world.days(1)
        // Now the invitee signs in for the first time.
        let dan = world.user("dan")
        let mine = try await world.listMine(.pending, by: dan)
        #expect(mine.map(\.invitation.id) == [made.id] && mine.map(\.workspace) == [lab])
        try await world.accept(made, by: dan)
        #expect(try world.members(of: lab)[dan.userId] == .write)
    }

    // MARK: Lists

    @Test func `the owner lists all pending invitations, others those that they sent`()
        async throws
    {
        let carol = world.user("carol")
        try await world.member(bob, of: lab, by: ada, "write")
        try await world.member(carol, of: lab, by: ada)
        try await world.invite("one@example.com", into: lab, by: ada)
        try await world.handOver(lab, to: bob, by: ada)
        try await world.invite("two@example.com", into: lab, by: bob)
        #expect(try world.listPending(lab, by: bob) == ["two@example.com", "one@example.com"])
        #expect(try world.listPending(lab, by: ada) == ["one@example.com"])
        #expect(try world.listPending(lab, by: carol).isEmpty)
        let eve = world.user("eve")
        #expect(fault { _ = try world.listPending(lab, by: eve) } == .notFound)
        // What is over is not pending, written down or not.
        world.days(7)
        #expect(try world.listPending(lab, by: ada).isEmpty)
        #expect(try world.listPending(lab, by: bob).isEmpty)
    }

    @Test func `totals count only pending invitations`() async throws {
        for name in ["a", "b", "c"] {
            try await world.invite("\(name)@example.com", into: lab, by: ada)
        }
        let page = try world.workspaces.listPending(
            to: lab.id, PageRequest(page: 2, size: 1), by: ada)
        #expect(page.items.map(\.invitation.email) == ["b@example.com"] && page.total == 3)
        try await world.withdraw(page.items[0].invitation, by: ada)
        let rest = try world.workspaces.listPending(to: lab.id, PageRequest(), by: ada)
        #expect(rest.total == 2 && rest.items.count == 2)
    }

    @Test func `users list the invitations to their address by current status`()
        async throws
    {
        let names: [WorkspaceInvitationStatus] = [.accepted, .rejected, .revoked, .expired]
        for status in names + [.pending] {
            if status == .pending { world.days(7) }
            let place = try await world.workspace("\(status)", by: ada)
            let made = try await world.invite("bob@example.com", into: place, by: ada)
            switch status {
            case .accepted, .rejected: try await world.answer(made, status.rawValue, by: bob)
            case .revoked: try await world.withdraw(made, by: ada)
            case .expired, .pending: break
            }
        }
        try await world.invite("carol@example.com", into: lab, by: ada)
        for status in WorkspaceInvitationStatus.allCases {
            let mine = try await world.listMine(status, by: bob)
            #expect(mine.map(\.workspace.name) == [status.rawValue])
        }
        let all = try await world.listMine(by: bob).map(\.workspace.name)
        #expect(all == ["pending", "expired", "revoked", "rejected", "accepted"])
        let page = try await world.workspaces.listMine(
            nil, PageRequest(page: 2, size: 2), by: bob)
        #expect(
            page.items.map(\.placed.workspace.name) == ["revoked", "rejected"] && page.total == 5)
        // It makes no difference whether the expiry is written down.
        #expect(try await world.workspaces.expireSome() == 1)
        #expect(try await world.listMine(by: bob).map(\.workspace.name) == all)
        // One whom the directory does not know has no address.
        world.directory.remove(bob.userId)
        #expect(try await world.listMine(by: bob).isEmpty)
    }
}
