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
@testable import PublicEvents
@testable import Workspaces

/// What the invitee does.
@Suite struct WorkspaceAnswerTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let lab: Workspace
    let invitation: WorkspaceInvitation

    init() async throws {
        world = try World()
        (ada, bob) = (world.user("ada"), world.user("bob"))
        lab = try await world.workspace(by: ada)
        invitation = try await world.invite("bob@example.com", into: lab, by: ada, "write")
    }

    private func refusal(
        _ status: String = "accepted", as email: String, by caller: Caller
    ) async throws -> Fault? {
        await fault {
            try await world.workspaces.answerInvitation(
                invitation.id, try WorkspaceInvitationResponse(status: status, email: email),
                by: caller
            ).commit()
        }
    }

    @Test func `accepting makes the invitee a member with the offered permissions`() async throws {
        let accepted = try await world.accept(invitation, by: bob)
        let now = world.clock.now()
        #expect(accepted.status == .accepted && accepted.answeredBy == bob.userId)
        #expect(accepted.answeredAt == now && accepted.id == invitation.id)
        #expect(try world.find(invitation) == accepted)
        #expect(try world.members(of: lab) == [ada.userId: .owner, bob.userId: .write])
        let seen = try world.workspaces.getWorkspace(lab.id, by: bob)
        #expect(seen.permissions == .write)
        let listed = try await world.workspaces.listSharedUsers(of: lab.id, .init(), by: bob)
        #expect(listed.items.map(\.user.id) == [bob.userId, ada.userId])
        #expect(listed.items[0].member.sharedAt == now)
        #expect(
            try world.actions(lab.id).suffix(2) == [
                "workspace_invitation.accepted", "workspace_member.added",
            ])
        #expect(try world.events().last == "workspace.invitation_accepted > usr_ada")
    }

    @Test func `rejecting adds no member`() async throws {
        let rejected = try await world.answer(invitation, "rejected", by: bob)
        #expect(rejected.status == .rejected && rejected.answeredBy == bob.userId)
        #expect(try world.find(invitation) == rejected)
        #expect(try world.members(of: lab) == [ada.userId: .owner])
        #expect(try world.actions(lab.id).last == "workspace_invitation.rejected")
        #expect(try world.events().last == "workspace.invitation_rejected > usr_ada")
        #expect(
            fault { _ = try world.workspaces.getWorkspace(lab.id, by: bob) }
                == .notFound)
    }

    @Test(arguments: ["accepted", "rejected"])
    func `an invitation can be answered once`(_ first: String) async throws {
        try await world.answer(invitation, first, by: bob)
        world.later()
        let before = try world.database.dump()
        for second in ["accepted", "rejected"] {
            let refused = try await refusal(second, as: "bob@example.com", by: bob)
            #expect(refused?.code == "invitation_answered" && refused?.kind == .conflict)
            #expect(refused?.detail.contains(first) == true)
        }
        // Also when its time is over.
        world.days(30)
        #expect(
            try await refusal(as: "bob@example.com", by: bob)?.code == "invitation_answered")
        #expect(try world.database.dump() == before)
    }

    @Test(arguments: ["accepted", "rejected"])
    func `an expired invitation can't be answered, even before the sweep stores it`(
        _ status: String
    )
        async throws
    {
        world.later(7 * 86_400 - 2)
        let last = try await world.prolong(
            invitation, to: world.clock.now().adding(seconds: 2), by: ada)
        #expect(last.isOpen(at: world.clock.now()))
        world.later()
        for isWrittenDown in [false, true] {
            if isWrittenDown { #expect(try await world.workspaces.expireSome() == 1) }
            let before = try world.database.dump()
            let refused = try await refusal(status, as: "bob@example.com", by: bob)
            #expect(refused?.code == "invitation_expired" && refused?.kind == .gone)
            #expect(try world.database.dump() == before)
        }
        #expect(try world.members(of: lab) == [ada.userId: .owner])
    }

    @Test func `an invitation can be answered until the last millisecond`() async throws {
        world.later(7 * 86_400 - 1)
        try await world.answerNow(invitation, "accepted", by: bob)
        #expect(try world.members(of: lab)[bob.userId] == .write)
    }

    @Test func `a revoked invitation can't be answered`() async throws {
        try await world.withdraw(invitation, by: ada)
        for status in ["accepted", "rejected"] {
            let refused = try await refusal(status, as: "bob@example.com", by: bob)
            #expect(refused?.code == "invitation_revoked" && refused?.kind == .gone)
        }
        #expect(try world.members(of: lab) == [ada.userId: .owner])
    }

    @Test func `userEmail must be the caller's and the invited address`() async throws {
        let eve = world.user("eve")
        let before = try world.database.dump()
        for (email, caller) in [
            // Another caller, another userEmail, or both.
            ("eve@example.com", eve), ("bob@example.com", eve), ("eve@example.com", bob),
            ("x@example.com", bob), ("x@example.com", eve), ("ada@example.com", ada),
            ("bob@example.com", ada),
        ] {
            for status in ["accepted", "rejected"] {
                let refused = try await refusal(status, as: email, by: caller)
                #expect(refused?.code == "email_mismatch" && refused?.kind == .forbidden)
            }
        }
        #expect(try world.database.dump() == before)
        // In any spelling.
        #expect(try await refusal(as: " BOB@Example.com", by: bob) == nil)
    }

    @Test func `responding to another's invitation reveals nothing about its status`() async throws
    {
        let eve = world.user("eve")
        let pending = try await refusal(as: "eve@example.com", by: eve)
        try await world.accept(invitation, by: bob)
        #expect(try await refusal(as: "eve@example.com", by: eve) == pending)
    }

    @Test func `an unknown invitation can't be answered`() async throws {
        for id in ["01890000-0000-7000-8000-000000000000", "x", lab.id] {
            let refused = await fault {
                try await world.workspaces.answerInvitation(
                    id,
                    try WorkspaceInvitationResponse(status: "accepted", email: "bob@example.com"),
                    by: bob
                ).commit()
            }
            #expect(refused == .notFound)
        }
    }

    // MARK: Who is in already

    /// The user has proved that both mailboxes are theirs.
    private func acceptAs(
        _ email: String, _ invitation: WorkspaceInvitation, by user: Caller
    ) async throws {
        world.later()
        try await world.database.write { [world] tx in
            _ = try world.workspaces.answer(
                invitation.id, true, as: Invitee(userId: user.userId, email: email), by: user,
                in: tx)
        }
    }

    @Test(
        arguments: [
            ("read", "read", .read), ("read", "write", .write), ("write", "read", .write),
            ("write", "write", .write),
        ] as [(String, String, WorkspacePermission)])
    func `a member who accepts another invitation keeps the higher permissions`(
        _ former: String, _ offered: String, _ kept: WorkspacePermission
    ) async throws {
        let carol = world.user("carol")
        try await world.member(carol, of: lab, by: ada, former)
        let joined = try await world.workspaces.listSharedUsers(of: lab.id, .init(), by: carol)
        let second = try await world.invite("c@example.com", into: lab, by: ada, offered)
        let changes = try world.count("workspace.permissions_changed")
        try await acceptAs("c@example.com", second, by: carol)
        #expect(try world.status(second) == .accepted)
        #expect(try world.members(of: lab)[carol.userId] == kept)
        let isMore = former == "read" && offered == "write"
        #expect(
            try world.count("workspace.permissions_changed") == changes + (isMore ? 1 : 0))
        #expect(
            try world.actions(lab.id).last
                == (isMore ? "workspace_member.changed" : "workspace_invitation.accepted"))
        // The date of joining stays.
        let still = try await world.workspaces.listSharedUsers(of: lab.id, .init(), by: carol)
        #expect(still.items.map(\.member.sharedAt) == joined.items.map(\.member.sharedAt))
    }

    @Test func `an owner who accepts an invitation to another address stays the owner`()
        async throws
    {
        let second = try await world.invite("a@example.com", into: lab, by: ada, "read")
        try await acceptAs("a@example.com", second, by: ada)
        #expect(try world.status(second) == .accepted)
        #expect(try world.members(of: lab) == [ada.userId: .owner])
    }
}
