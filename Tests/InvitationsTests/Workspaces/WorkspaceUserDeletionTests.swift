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

/// The effects of a user's deletion on workspaces.
@Suite struct WorkspaceUserDeletionTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let carol: Caller
    let root: Caller
    let lab: Workspace

    init() async throws {
        let people = try await Peopled()
        (world, lab) = (people.world, people.lab)
        (ada, bob, carol) = (people.ada, people.bob, people.carol)
        root = world.user("root")
    }

    @discardableResult
    private func drop(_ user: Caller, _ eventId: String? = nil) async throws -> Bool {
        world.later()
        return try await world.context.onUserDeleted(
            user.userId, by: root, eventId: eventId ?? "evt_\(user.userId)")
    }

    // MARK: Owned workspaces

    @Test func `a deleted owner's workspace goes to a writer before readers`() async throws {
        // The reader has been a member for longer.
        let shop = try await world.workspace("Shop", by: ada)
        try await world.member(carol, of: shop, by: ada)
        try await world.member(bob, of: shop, by: ada, "write")
        #expect(try await drop(ada))
        for place in [lab, shop] {
            #expect(try world.find(place)?.ownerId == bob.userId)
            #expect(try world.members(of: place) == [bob.userId: .owner, carol.userId: .read])
        }
    }

    @Test func `among equals the longest-standing member becomes the owner`() async throws {
        let eve = world.user("eve")
        try await world.member(eve, of: lab, by: ada, "write")
        try await drop(ada)
        #expect(try world.find(lab)?.ownerId == bob.userId)
        // The next writer follows, then the reader.
        try await drop(bob)
        #expect(try world.find(lab)?.ownerId == eve.userId)
        try await drop(eve)
        #expect(try world.find(lab)?.ownerId == carol.userId)
        #expect(try world.members(of: lab) == [carol.userId: .owner])
        try await drop(carol)
        #expect(try world.find(lab) == nil && world.members(of: lab).isEmpty)
    }

    @Test func `a deleted owner's workspace without other members is deleted with its invitations`()
        async throws
    {
        let own = try await world.workspace("Own", by: ada)
        let sent = try await world.invite("dan@example.com", into: own, by: ada)
        try await drop(ada)
        #expect(try world.find(own) == nil && world.find(sent) == nil)
        #expect(
            try world.actions(own.id) == [
                "workspace.created", "workspace_invitation.created",
                "workspace_invitation.revoked", "workspace.deleted",
            ])
        #expect(try world.audit(own.id).suffix(2).allSatisfy { $0.actorId == root.userId })
        #expect(try world.waitingMails(about: sent.id) == 0)
        #expect(try await world.listMine(by: world.user("dan")).isEmpty)
    }

    @Test func `the new owner of a deleted owner's workspace is notified, and it is audited`()
        async throws
    {
        try await drop(ada)
        let entries = try world.audit(lab.id).suffix(4)
        #expect(
            entries.map(\.action) == [
                "workspace.handed_over", "workspace_member.changed", "workspace_member.changed",
                "workspace_member.removed",
            ])
        #expect(entries.allSatisfy { $0.actorId == root.userId })
        #expect(entries.first?.after?.members["ownerId"] == .text(bob.userId))
        #expect(entries.last?.subject.id == ada.userId)
        // The former owner's events are deleted.
        #expect(
            try world.events() == [
                "workspace.permissions_changed > usr_bob",
                "workspace.permissions_changed > usr_bob", "workspace.member_removed > usr_bob",
            ])
        let last = try #require(try world.eventData().last)
        #expect(last["user_id"]?.string == ada.userId)
        #expect(last["former_permissions"]?.string == "write")
    }

    // MARK: Memberships and sent invitations

    @Test func `a deleted user is removed from workspaces, and the owners are notified`()
        async throws
    {
        let shop = try await world.workspace("Shop", by: carol)
        try await world.member(bob, of: shop, by: carol)
        try await drop(bob)
        #expect(try world.members(of: lab) == [ada.userId: .owner, carol.userId: .read])
        #expect(try world.members(of: shop) == [carol.userId: .owner])
        #expect(
            try world.events().suffix(2).sorted() == [
                "workspace.member_removed > usr_ada", "workspace.member_removed > usr_carol",
            ])
        #expect(try world.audit(lab.id).last?.actorId == root.userId)
        #expect(try world.workspaces.listWorkspaces(.init(), by: bob).items.isEmpty)
    }

    @Test func `deleting a user revokes what they sent, not what others sent`() async throws {
        let adas = try await world.invite("one@example.com", into: lab, by: ada, "write")
        try await world.handOver(lab, to: bob, by: ada)
        let bobs = try await world.invite("two@example.com", into: lab, by: bob)
        // A former owner and a current one.
        try await drop(ada)
        #expect(try world.status(adas) == .revoked && world.status(bobs) == .pending)
        #expect(try world.events().last == "workspace.invitation_revoked > usr_bob")
        try await drop(bob)
        #expect(try world.status(bobs) == .revoked)
        #expect(try world.find(lab)?.ownerId == carol.userId)
        #expect(try world.events().last == "workspace.invitation_revoked > usr_carol")
        let one = world.user("one")
        #expect(
            await fault { try await world.accept(adas, by: one) }?.code
                == "invitation_revoked")
    }

    @Test func `an invitation to a deleted user's address stays, and the user can't answer it`()
        async throws
    {
        let shop = try await world.workspace("Shop", by: carol)
        let sent = try await world.invite("bob@example.com", into: shop, by: carol)
        try await drop(bob)
        #expect(try world.status(sent) == .pending)
        // The request was in flight.
        let late = await fault { try await world.accept(sent, by: bob) }
        #expect(late?.code == "user_deleted")
        #expect(try world.members(of: shop) == [carol.userId: .owner])
    }

    @Test func `requests in flight of a deleted user change nothing`() async throws {
        let sent = try await world.invite("dan@example.com", into: lab, by: ada)
        try await drop(ada)
        world.later(60)
        let before = try world.database.dump()
        for late: () async throws -> Void in [
            { try await world.invite("x@example.com", into: lab, by: ada) },
            { try await world.resend(sent, by: ada) }, { try await world.withdraw(sent, by: ada) },
            { try await world.handOver(lab, to: ada, by: ada) },
            { try await world.delete(lab, by: ada) },
            { try await world.remove(bob, from: lab, by: ada) },
        ] { #expect(await fault(late)?.code == "user_deleted") }
        #expect(try world.database.dump() == before)
    }

    @Test func `the deletion is applied once, however often its event arrives`() async throws {
        #expect(try await drop(ada, "evt_1"))
        let before = try world.database.dump()
        #expect(try await !drop(ada, "evt_1"))
        #expect(try world.database.dump() == before)
        // Another event of the same deletion has no effect.
        let known = try known()
        #expect(try await drop(ada, "evt_2"))
        #expect(try self.known() == known)
        let many = await race(10) { _ in
            guard try await world.context.onUserDeleted(bob.userId, by: root, eventId: "evt_3")
            else { throw Fault.notFound }
        }
        #expect(many.succeeded == 1)
        #expect(try world.find(lab)?.ownerId == carol.userId)
    }

    /// Everything except the inbox and the tombstone.
    private func known() throws -> [String] {
        try world.database.dump(except: [
            "applied_events": "each event is noted", "tombstones": "so is each deleted user",
        ])
    }

    @Test func `deleting a user without workspaces changes nothing`() async throws {
        let eve = world.user("eve")
        let before = try known()
        #expect(try await drop(eve))
        #expect(try known() == before)
    }
}
