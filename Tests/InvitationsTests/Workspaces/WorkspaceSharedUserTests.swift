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

/// Listing, changing and removing members.
@Suite struct WorkspaceSharedUserTests {
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

    private func list(by caller: Caller) async throws -> [String] {
        try await world.workspaces.listSharedUsers(of: lab.id, PageRequest(), by: caller)
            .items.map { "\($0.user.username) \($0.member.permissions)" }
    }

    /// An invitation that Bob sent as owner of the workspace, which is Ada's again.
    private func sentByBob(_ permissions: [String]) async throws -> [WorkspaceInvitation] {
        try await world.handOver(lab, to: bob, by: ada)
        var sent: [WorkspaceInvitation] = []
        for (index, word) in permissions.enumerated() {
            sent.append(
                try await world.invite("\(word)\(index)@example.com", into: lab, by: bob, word))
        }
        try await world.handOver(lab, to: ada, by: bob)
        return sent
    }

    // MARK: The list

    @Test func `members list the members newest first`() async throws {
        for caller in [ada, bob, carol] {
            #expect(try await list(by: caller) == ["carol read", "bob write", "ada owner"])
        }
        #expect(await fault { _ = try await list(by: eve) } == .notFound)
        let page = try await world.workspaces.listSharedUsers(
            of: lab.id, PageRequest(page: 2, size: 2), by: carol)
        #expect(page.items.map(\.user.id) == [ada.userId] && page.total == 3)
    }

    @Test func `a user whom the directory no longer knows is listed by id`() async throws {
        world.directory.remove(bob.userId)
        let page = try await world.workspaces.listSharedUsers(of: lab.id, .init(), by: ada)
        #expect(page.items.map(\.user.id) == [carol.userId, bob.userId, ada.userId])
    }

    // MARK: Permissions

    @Test func `changing permissions emits an event and an audit entry`() async throws {
        for (permissions, former) in [(WorkspacePermission.write, "read"), (.read, "write")] {
            let listed = try await world.set(permissions, of: carol, in: lab, by: ada)
            #expect(listed.member.permissions == permissions && listed.user.id == carol.userId)
            #expect(try world.members(of: lab)[carol.userId] == permissions)
            #expect(try world.events().last == "workspace.permissions_changed > usr_ada")
            let data = try #require(try world.eventData().last)
            #expect(data["user_id"]?.string == carol.userId)
            #expect(data["former_permissions"]?.string == former)
            #expect(data["permissions"]?.string == permissions.rawValue)
            let entry = try #require(try world.audit(lab.id).last)
            #expect(entry.action == "workspace_member.changed" && entry.actorId == ada.userId)
            #expect(entry.subject.id == carol.userId)
            #expect(entry.before?.members["permissions"] == .text(former))
            #expect(entry.after?.members["permissions"] == .text(permissions.rawValue))
        }
        // The order of the list stays.
        #expect(try await list(by: ada) == ["carol read", "bob write", "ada owner"])
    }

    @Test func `setting the same permissions changes nothing`() async throws {
        let before = try world.database.dump()
        let listed = try await world.set(.write, of: bob, in: lab, by: ada)
        #expect(listed.member.permissions == .write)
        #expect(try world.database.dump() == before)
    }

    @Test func `only the owner can change permissions, except their own`() async throws {
        let before = try world.database.dump()
        for permissions in [WorkspacePermission.read, .write] {
            let fixed = await fault {
                try await world.set(permissions, of: ada, in: lab, by: ada)
            }
            #expect(fixed == Fault(WorkspaceProblems.ownerIsFixed) && fixed?.kind == .conflict)
            #expect(fixed?.code == "owner_is_fixed")
        }
        for (target, caller) in [(carol, bob), (bob, bob), (ada, bob), (carol, carol)] {
            let refused = await fault {
                try await world.set(.write, of: target, in: lab, by: caller)
            }
            #expect(refused?.code == "workspace_owner_required")
        }
        for (target, caller) in [(carol, eve), (eve, eve), (eve, ada)] {
            #expect(
                await fault { try await world.set(.read, of: target, in: lab, by: caller) }
                    == .notFound)
        }
        #expect(try world.database.dump() == before)
    }

    // MARK: Removing

    @Test func `a removed member loses access at the next request`() async throws {
        let out = try await world.remove(bob, from: lab, by: ada)
        #expect(out.member.permissions == .write && out.user.id == bob.userId)
        #expect(try world.members(of: lab) == [ada.userId: .owner, carol.userId: .read])
        #expect(try world.events().last == "workspace.member_removed > usr_ada")
        let data = try #require(try world.eventData().last)
        #expect(data["user_id"]?.string == bob.userId && data["permissions"] == nil)
        #expect(data["former_permissions"]?.string == "write")
        let entry = try #require(try world.audit(lab.id).last)
        #expect(entry.action == "workspace_member.removed" && entry.actorId == ada.userId)
        #expect(entry.subject.id == bob.userId && entry.after == nil)
        #expect(entry.before?.members["permissions"] == .text("write"))
        for looking: () async throws -> Void in [
            { _ = try world.workspaces.getWorkspace(lab.id, by: bob) },
            { _ = try await list(by: bob) },
            { _ = try world.listPending(lab, by: bob) },
            { try await world.remove(bob, from: lab, by: bob) },
            { try await world.remove(bob, from: lab, by: ada) },
        ] { #expect(await fault(looking) == .notFound) }
    }

    @Test func `members other than the owner can leave but can't remove others`() async throws {
        for target in [carol, ada] {
            let refused = await fault { try await world.remove(target, from: lab, by: bob) }
            #expect(refused?.code == "workspace_owner_required")
        }
        try await world.remove(bob, from: lab, by: bob)
        try await world.remove(carol, from: lab, by: carol)
        #expect(try world.members(of: lab) == [ada.userId: .owner])
        #expect(try world.audit(lab.id).suffix(2).map(\.actorId) == [bob.userId, carol.userId])
        #expect(try world.count("workspace.member_removed") == 2)
        let fixed = await fault { try await world.remove(ada, from: lab, by: ada) }
        #expect(fixed == Fault(WorkspaceProblems.ownerIsFixed))
        #expect(await fault { try await world.remove(eve, from: lab, by: ada) } == .notFound)
        #expect(await fault { try await world.remove(eve, from: lab, by: eve) } == .notFound)
    }

    @Test func `a former member can't return by the old invitation`() async throws {
        let used = try await world.member(eve, of: lab, by: ada)
        try await world.remove(eve, from: lab, by: eve)
        let refused = await fault { try await world.accept(used, by: eve) }
        #expect(refused?.code == "invitation_answered")
        #expect(try world.members(of: lab)[eve.userId] == nil)
    }

    // MARK: Sent invitations after losing permissions

    @Test func `lowering permissions revokes invitations that exceed them`() async throws {
        let sent = try await sentByBob(["write", "read", "write"])
        let adas = try await world.invite("adas@example.com", into: lab, by: ada, "write")
        let elsewhere = try await world.workspace("Other", by: bob)
        let other = try await world.invite("o@example.com", into: elsewhere, by: bob, "write")
        let told = try world.events().count
        try await world.set(.read, of: bob, in: lab, by: ada)
        #expect(try sent.map { try world.status($0) } == [.revoked, .pending, .revoked])
        #expect(try world.status(adas) == .pending && world.status(other) == .pending)
        #expect(
            try world.events().dropFirst(told) == [
                "workspace.permissions_changed > usr_ada",
                "workspace.invitation_revoked > usr_ada", "workspace.invitation_revoked > usr_ada",
            ])
        let entries = try world.audit(lab.id).suffix(3)
        #expect(
            entries.map(\.action) == [
                "workspace_member.changed", "workspace_invitation.revoked",
                "workspace_invitation.revoked",
            ])
        #expect(entries.allSatisfy { $0.actorId == ada.userId })
        // E-mails of ended invitations aren't sent.
        let waiting = try sent.map { try world.waitingMails(about: $0.id) }
        #expect(waiting == [0, 1, 0])
        // Regaining permissions doesn't restore revoked invitations.
        try await world.set(.write, of: bob, in: lab, by: ada)
        #expect(try sent.map { try world.status($0) } == [.revoked, .pending, .revoked])
    }

    @Test(arguments: [true, false])
    func `removing a member revokes all that they sent`(_ leaves: Bool) async throws {
        let sent = try await sentByBob(["write", "read"])
        let adas = try await world.invite("adas@example.com", into: lab, by: ada)
        try await world.remove(bob, from: lab, by: leaves ? bob : ada)
        #expect(try sent.map { try world.status($0) } == [.revoked, .revoked])
        #expect(try world.status(adas) == .pending)
        #expect(try world.count("workspace.invitation_revoked") == 2)
        let invitee = world.user("read1")
        #expect(
            await fault { try await world.accept(sent[1], by: invitee) }?.code
                == "invitation_revoked")
    }
}
