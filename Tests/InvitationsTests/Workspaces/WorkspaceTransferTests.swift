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

/// A workspace gets another owner.
@Suite struct WorkspaceTransferTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let carol: Caller
    let eve: Caller
    let lab: Workspace

    init() async throws {
        let people = try await Peopled()
        (world, lab) = (people.world, people.lab)
        (ada, bob, carol, eve) = (people.ada, people.bob, people.carol, people.eve)
    }

    @Test func `after a transfer the new owner can do everything, the former one keeps write`()
        async throws
    {
        let seen = try await world.handOver(lab, to: carol, by: ada)
        #expect(seen.workspace.ownerId == carol.userId && seen.permissions == .write)
        #expect(seen.workspace.id == lab.id && seen.workspace.name == lab.name)
        #expect(try world.find(lab)?.ownerId == carol.userId)
        #expect(
            try world.members(of: lab) == [
                ada.userId: .write, bob.userId: .write, carol.userId: .owner,
            ])
        let late = await fault { try await world.invite("x@example.com", into: lab, by: ada) }
        #expect(late?.code == "workspace_owner_required")
        try await world.invite("x@example.com", into: lab, by: carol)
        // Now the former owner can leave.
        try await world.remove(ada, from: lab, by: ada)
        #expect(
            await fault { try await world.remove(carol, from: lab, by: carol) }
                == Fault(WorkspaceProblems.ownerIsFixed))
    }

    @Test func `a transfer does not reorder the list`() async throws {
        func list() async throws -> [WorkspaceMember] {
            try await world.workspaces.listSharedUsers(of: lab.id, .init(), by: bob)
                .items.map(\.member)
        }
        let before = try await list()
        try await world.handOver(lab, to: carol, by: ada)
        let after = try await list()
        #expect(after.map(\.userId) == before.map(\.userId))
        #expect(after.map(\.sharedAt) == before.map(\.sharedAt))
    }

    @Test func `a transfer emits both events to both owners and is audited`() async throws {
        let told = try world.events().count
        try await world.handOver(lab, to: carol, by: ada)
        #expect(
            try world.events().dropFirst(told) == [
                "workspace.permissions_changed > usr_carol",
                "workspace.permissions_changed > usr_ada",
                "workspace.permissions_changed > usr_carol",
                "workspace.permissions_changed > usr_ada",
            ])
        let changes = try world.eventData().dropFirst(told).map { data in
            ["user_id", "former_permissions", "permissions"].map { data[$0]?.string ?? "" }
        }
        let adas = [ada.userId, "owner", "write"]
        let carols = [carol.userId, "read", "owner"]
        #expect(changes == [adas, adas, carols, carols])
        let entries = try world.audit(lab.id).suffix(3)
        #expect(
            entries.map(\.action) == [
                "workspace.handed_over", "workspace_member.changed", "workspace_member.changed",
            ])
        #expect(entries.first?.before?.members["ownerId"] == .text(ada.userId))
        #expect(entries.first?.after?.members["ownerId"] == .text(carol.userId))
        #expect(entries.map(\.subject.id) == [lab.id, ada.userId, carol.userId])
        #expect(entries.allSatisfy { $0.actorId == ada.userId && $0.tokenId == "tok_ada" })
        // What happens from now on the new owner hears alone.
        try await world.set(.read, of: bob, in: lab, by: carol)
        #expect(try world.events().last == "workspace.permissions_changed > usr_carol")
        #expect(try world.events().dropLast().last == "workspace.permissions_changed > usr_ada")
    }

    @Test func `transferring to oneself changes nothing`() async throws {
        let before = try world.database.dump()
        let seen = try await world.handOver(lab, to: ada, by: ada)
        #expect(seen == WorkspaceAccess(workspace: lab, permissions: .owner))
        #expect(try world.database.dump() == before)
    }

    @Test func `only the owner can transfer, and only to a member`() async throws {
        try await world.invite("eve@example.com", into: lab, by: ada)
        world.later()
        let before = try world.database.dump()
        for id in [eve.userId, "usr_nobody", "", "x"] {
            let refused = await fault {
                try await world.workspaces.transferWorkspace(lab.id, to: id, by: ada).commit()
            }
            #expect(refused?.kind == .invalid && refused?.fields.map(\.pointer) == ["/userId"])
        }
        for caller in [bob, carol] {
            let refused = await fault { try await world.handOver(lab, to: bob, by: caller) }
            #expect(refused?.code == "workspace_owner_required")
        }
        #expect(await fault { try await world.handOver(lab, to: eve, by: eve) } == .notFound)
        #expect(try world.database.dump() == before)
    }

    @Test func `invitations sent before a transfer stay valid`() async throws {
        let write = try await world.invite("dan@example.com", into: lab, by: ada, "write")
        let read = try await world.invite("eve@example.com", into: lab, by: ada)
        try await world.handOver(lab, to: carol, by: ada)
        #expect(try world.status(write) == .pending && world.status(read) == .pending)
        #expect(try world.listPending(lab, by: ada).count == 2)
        try await world.accept(write, by: world.user("dan"))
        #expect(try world.members(of: lab)["usr_dan"] == .write)
        #expect(try world.events().last == "workspace.invitation_accepted > usr_carol")
        // The former owner has less now: what gives more is withdrawn.
        let more = try await world.invite("m@example.com", into: lab, by: carol, "write")
        try await world.set(.read, of: ada, in: lab, by: carol)
        #expect(try world.status(read) == .pending && world.status(more) == .pending)
    }

    @Test func `a workspace can be transferred on and back`() async throws {
        for (from, to) in [(ada, bob), (bob, carol), (carol, ada), (ada, bob)] {
            try await world.handOver(lab, to: to, by: from)
            #expect(
                try world.members(of: lab).filter { $0.value == .owner }.keys.sorted()
                    == [to.userId])
        }
        #expect(try world.members(of: lab)[ada.userId] == .write)
    }
}
