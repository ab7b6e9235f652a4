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

/// Creating, listing, renaming and deleting workspaces.
@Suite struct WorkspaceTests {
    let world: World
    let ada: Caller
    let bob: Caller

    init() throws {
        world = try World()
        (ada, bob) = (world.user("ada"), world.user("bob"))
    }

    private func list(_ page: PageRequest = PageRequest(), by caller: Caller) throws -> [String] {
        try world.workspaces.listWorkspaces(page, by: caller).items.map {
            "\($0.workspace.name) \($0.permissions)"
        }
    }

    @Test func `the creator of a workspace owns it and is a member`() async throws {
        let draft = try WorkspaceDraft(name: " Lab ")
        let seen = try await world.workspaces.createWorkspace(draft, by: ada).commit()
        #expect(seen.permissions == .owner && seen.workspace.name == "Lab")
        #expect(seen.workspace.ownerId == ada.userId)
        #expect(seen.workspace.createdAt == world.clock.now())
        #expect(IDMinter.uuid(seen.workspace.id) == seen.workspace.id)
        #expect(try world.members(of: seen.workspace) == [ada.userId: .owner])
        #expect(try world.find(seen.workspace) == seen.workspace)
        #expect(try world.workspaces.getWorkspace(seen.workspace.id, by: ada) == seen)
        #expect(try world.events().isEmpty && world.waitingMails() == 0)
    }

    @Test func `names of workspaces need not be unique`() async throws {
        let ids = [
            try await world.workspace("Lab", by: ada).id,
            try await world.workspace("Lab", by: ada).id,
            try await world.workspace("Lab", by: bob).id,
        ]
        #expect(Set(ids).count == 3 && ids == ids.sorted())
    }

    @Test func `users list their workspaces newest first`() async throws {
        var made: [Workspace] = []
        for name in ["a", "b", "c"] { made.append(try await world.workspace(name, by: ada)) }
        try await world.workspace("x", by: bob)
        try await world.member(bob, of: made[0], by: ada, "write")
        try await world.member(bob, of: made[2], by: ada)
        #expect(try list(by: ada) == ["c owner", "b owner", "a owner"])
        #expect(try list(by: bob) == ["x owner", "c read", "a write"])
        #expect(try list(by: world.user("eve")).isEmpty)
        #expect(try list(PageRequest(page: 2, size: 1), by: bob) == ["c read"])
        let page = try world.workspaces.listWorkspaces(PageRequest(page: 9, size: 1), by: bob)
        #expect(page.items.isEmpty && page.total == 3)
        // A former member no longer lists it.
        try await world.remove(bob, from: made[0], by: ada)
        #expect(try list(by: bob) == ["x owner", "c read"])
    }

    @Test func `only members see a workspace`() async throws {
        let people = try await Peopled()
        for (caller, permissions) in [
            (people.ada, WorkspacePermission.owner), (people.bob, .write), (people.carol, .read),
        ] {
            let seen = try people.world.workspaces.getWorkspace(people.lab.id, by: caller)
            #expect(seen == WorkspaceAccess(workspace: people.lab, permissions: permissions))
        }
        for id in [people.lab.id, "01890000-0000-7000-8000-000000000000", "x"] {
            let hidden = fault {
                _ = try people.world.workspaces.getWorkspace(id, by: people.eve)
            }
            #expect(hidden == .notFound)
        }
    }

    // MARK: Renaming

    @Test func `the owner can rename a workspace, and all members see the new name`() async throws {
        let people = try await Peopled()
        let (world, lab) = (people.world, people.lab)
        let seen = try await world.workspaces.updateWorkspace(
            lab.id, try WorkspaceUpdate(name: .value(" Shop ")), by: people.ada
        ).commit()
        #expect(seen.workspace.name == "Shop" && seen.permissions == .owner)
        #expect(
            try world.workspaces.getWorkspace(lab.id, by: people.carol).workspace.name == "Shop")
        let entry = try #require(try world.audit(lab.id).last)
        #expect(entry.action == "workspace.renamed" && entry.subject.id == lab.id)
        #expect(entry.before?.members["name"] == .text("Lab"))
        #expect(entry.after?.members["name"] == .text("Shop"))
        for caller in [people.bob, people.carol] {
            let refused = await fault {
                _ = try await world.workspaces.updateWorkspace(
                    lab.id, try WorkspaceUpdate(name: .value("X")), by: caller
                ).commit()
            }
            #expect(refused?.code == "workspace_owner_required" && refused?.kind == .forbidden)
        }
    }

    @Test func `renaming to the same name changes nothing`() async throws {
        let lab = try await world.workspace(by: ada)
        let before = try world.database.dump()
        for wish in [try WorkspaceUpdate(), try WorkspaceUpdate(name: .value("Lab"))] {
            world.later()
            let seen = try await world.workspaces.updateWorkspace(lab.id, wish, by: ada).commit()
            #expect(seen == WorkspaceAccess(workspace: lab, permissions: .owner))
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `pending invitations show the current name`() async throws {
        let lab = try await world.workspace(by: ada)
        try await world.invite("bob@example.com", into: lab, by: ada)
        _ = try await world.workspaces.updateWorkspace(
            lab.id, try WorkspaceUpdate(name: .value("Shop")), by: ada
        ).commit()
        #expect(try await world.listMine(by: bob).map(\.workspace.name) == ["Shop"])
    }

    // MARK: Deleting

    @Test func `of a deleted workspace only the audit remains`() async throws {
        let people = try await Peopled()
        let (world, lab) = (people.world, people.lab)
        let pending = try await world.invite("dan@example.com", into: lab, by: people.ada)
        let other = try await world.workspace("Other", by: people.ada)
        let kept = try await world.invite("dan@example.com", into: other, by: people.ada)
        let (toldBefore, provedBefore) = (try world.events(), try world.actions(lab.id))
        try await world.delete(lab, by: people.ada)
        #expect(try world.find(lab) == nil && world.find(pending) == nil)
        #expect(try world.members(of: lab).isEmpty)
        let left = try world.database.dump().filter { $0.contains(lab.id) }
        // `list_parts` counts the audit.
        #expect(Set(left.map { $0.prefix { $0 != ":" } }) == ["audit", "events", "list_parts"])
        #expect(
            try world.events().dropFirst(toldBefore.count) == [
                "workspace.invitation_revoked > usr_ada", "workspace.member_removed > usr_ada",
                "workspace.member_removed > usr_ada",
            ])
        let told = try world.eventData().suffix(2).compactMap { $0["user_id"]?.string }
        #expect(told == [people.bob.userId, people.carol.userId])
        #expect(
            try world.actions(lab.id).dropFirst(provedBefore.count) == [
                "workspace_invitation.revoked", "workspace_member.removed",
                "workspace_member.removed", "workspace.deleted",
            ])
        #expect(try world.status(kept) == .pending && world.find(other) == other)
        // Nobody can join any more, and the pending e-mail isn't sent.
        let dan = world.user("dan")
        #expect(await fault { try await world.accept(pending, by: dan) } == .notFound)
        #expect(await fault { try await world.delete(lab, by: people.ada) } == .notFound)
        #expect(try world.waitingMails(about: pending.id) == 0)
        #expect(try await world.listMine(by: dan).map(\.workspace.id) == [other.id])
    }

    @Test func `only the owner can delete a workspace`() async throws {
        let people = try await Peopled()
        let before = try people.world.database.dump()
        for (caller, code) in [
            (people.bob, "workspace_owner_required"), (people.carol, "workspace_owner_required"),
            (people.eve, "not_found"),
        ] {
            let refused = await fault {
                try await people.world.delete(people.lab, by: caller)
            }
            #expect(refused?.code == code)
        }
        #expect(try people.world.database.dump() == before)
    }

    @Test func `a user deleted during the request can't create a workspace`() async throws {
        _ = try await world.context.onUserDeleted(ada.userId, by: bob, eventId: "evt_1")
        let before = try world.database.dump()
        let late = await fault { _ = try await world.workspace(by: ada) }
        #expect(late?.code == "user_deleted" && late?.kind == .forbidden)
        #expect(try world.database.dump() == before)
    }
}
