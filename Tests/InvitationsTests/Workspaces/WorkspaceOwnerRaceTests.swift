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

/// A workspace has exactly one owner under concurrent changes of members.
@Suite struct WorkspaceOwnerRaceTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let carol: Caller
    let lab: Workspace

    init() async throws {
        let people = try await Peopled()
        (world, lab) = (people.world, people.lab)
        (ada, bob, carol) = (people.ada, people.bob, people.carol)
    }

    /// Two concurrent actions; each starts first in half of the rounds.
    private func race(
        _ round: Int, _ one: @escaping @Sendable () async throws -> Void,
        _ other: @escaping @Sendable () async throws -> Void
    ) async -> (succeeded: Int, codes: [String]) {
        await TestSupport.race(2) { index in
            if (index + round) % 2 == 0 { try await one() } else { try await other() }
        }
    }

    private func owners() throws -> [String] {
        try world.members(of: lab).filter { $0.value == .owner }.keys.sorted()
    }

    private func handOver(to user: Caller) -> @Sendable () async throws -> Void {
        { [world, lab, ada] in
            try await world.workspaces.transferWorkspace(lab.id, to: user.userId, by: ada)
                .commit()
        }
    }

    private func remove(_ user: Caller, by caller: Caller) -> @Sendable () async throws -> Void {
        { [world, lab] in
            try await world.workspaces.removeSharedUser(user.userId, from: lab.id, by: caller)
                .commit()
        }
    }

    @Test(arguments: 0..<20)
    func `transferred while the new owner leaves`(_ round: Int) async throws {
        let result = await race(round, handOver(to: bob), remove(bob, by: bob))
        #expect(result.succeeded == 1)
        if try world.members(of: lab)[bob.userId] == nil {
            #expect(try owners() == [ada.userId] && result.codes == ["validation_failed"])
        } else {
            #expect(try owners() == [bob.userId] && result.codes == ["owner_is_fixed"])
        }
        #expect(try world.find(lab)?.ownerId == (try owners().first))
    }

    @Test(arguments: 0..<20)
    func `transferred while the new owner is removed`(_ round: Int) async throws {
        let result = await race(round, handOver(to: bob), remove(bob, by: ada))
        #expect(result.succeeded == 1)
        if try world.members(of: lab)[bob.userId] == nil {
            #expect(try owners() == [ada.userId] && result.codes == ["validation_failed"])
        } else {
            // She is no longer the owner.
            #expect(try owners() == [bob.userId])
            #expect(result.codes == ["workspace_owner_required"])
        }
    }

    @Test(arguments: 0..<20)
    func `transferred while the former owner leaves`(_ round: Int) async throws {
        let result = await race(round, handOver(to: bob), remove(ada, by: ada))
        #expect(try owners() == [bob.userId])
        let isOut = try world.members(of: lab)[ada.userId] == nil
        #expect(result.codes == (isOut ? [] : ["owner_is_fixed"]))
    }

    @Test(arguments: 0..<20)
    func `two concurrent transfers leave one owner`(_ round: Int) async throws {
        let result = await race(round, handOver(to: bob), handOver(to: carol))
        #expect(result.succeeded == 1 && result.codes == ["workspace_owner_required"])
        let owners = try owners()
        #expect(owners == [bob.userId] || owners == [carol.userId])
        #expect(try world.members(of: lab)[ada.userId] == .write)
        #expect(
            try world.actions(lab.id).filter { $0 == "workspace.handed_over" }.count == 1)
    }

    @Test(arguments: 0..<20)
    func `removed while given more permissions`(_ round: Int) async throws {
        let (world, lab, ada, carol) = (world, lab, ada, carol)
        let result = await race(round, remove(carol, by: ada)) {
            try await world.workspaces.changePermissions(
                of: carol.userId, in: lab.id, to: .write, by: ada
            ).commit()
        }
        // The member is removed in either case; a change before that emits its event.
        #expect(try world.members(of: lab) == [ada.userId: .owner, bob.userId: .write])
        #expect(result.codes.isEmpty || result.codes == ["not_found"])
        #expect(try world.count("workspace.member_removed") == 1)
        #expect(
            try world.count("workspace.permissions_changed") == (result.codes.isEmpty ? 1 : 0))
        #expect(
            try world.eventData().last?["former_permissions"]?.string
                == (result.codes.isEmpty ? "write" : "read"))
    }

    @Test(arguments: 0..<20)
    func `invited while the inviter loses permissions`(_ round: Int) async throws {
        let (world, lab, ada, bob) = (world, lab, ada, bob)
        try await world.handOver(lab, to: bob, by: ada)
        // The owner invites during a transfer, after which the new owner removes them.
        let result = await race(round) {
            _ = try await world.workspaces.invite(
                try WorkspaceInvitationDraft(email: "x@example.com", permissions: "write"),
                to: lab.id, by: bob
            ).commit()
        } _: {
            try await world.workspaces.transferWorkspace(lab.id, to: ada.userId, by: bob).commit()
            try await world.workspaces.removeSharedUser(bob.userId, from: lab.id, by: ada)
                .commit()
        }
        #expect(try world.pending(to: lab).isEmpty)
        #expect(try owners() == [ada.userId])
        let sent = try world.count("workspace.invitation_sent") - 2
        #expect(try world.count("workspace.invitation_revoked") == sent)
        #expect(result.codes.count == 1 - sent)
        #expect(
            Set(result.codes).isSubset(of: ["workspace_owner_required", "not_found"]))
    }

    @Test func `leaving and being removed concurrently takes effect once`() async throws {
        let (byAda, byBob) = (remove(bob, by: ada), remove(bob, by: bob))
        let result = await TestSupport.race(10) { index in
            try await index % 2 == 0 ? byAda() : byBob()
        }
        #expect(result.succeeded == 1 && Set(result.codes) == ["not_found"])
        #expect(try world.count("workspace.member_removed") == 1)
    }

    @Test(arguments: 0..<10)
    func `transferred while the new owner is deleted`(_ round: Int) async throws {
        let (world, lab, ada, bob) = (world, lab, ada, bob)
        let result = await race(round, handOver(to: bob)) {
            _ = try await world.context.onUserDeleted(bob.userId, by: ada, eventId: "evt_1")
        }
        // Either it was never transferred, or it went to the member with write.
        #expect(try world.members(of: lab)[bob.userId] == nil)
        #expect(try owners() == [ada.userId] && world.find(lab)?.ownerId == ada.userId)
        #expect(result.codes.isEmpty || result.codes == ["validation_failed"])
    }
}
