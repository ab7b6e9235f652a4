import Contract
import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// Somebody who is in a workspace, and who he is.
struct WorkspaceMemberWithUser: Sendable, Equatable {
    let member: WorkspaceMember
    let user: UserProfile
}

extension WorkspacesUseCases {
    /// The last who came in first.
    func listSharedUsers(
        of workspaceId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<WorkspaceMemberWithUser> {
        let found = try database.read { reader in
            _ = try Self.admit(caller, to: .listMembers, in: workspaceId, reader)
            return try WorkspaceMemberStore.page(of: workspaceId, page, in: reader)
        }
        let profiles = try await profiles(found.items.map(\.userId))
        return found.map {
            WorkspaceMemberWithUser(member: $0, user: profiles[$0.userId] ?? .unknown($0.userId))
        }
    }

    func changePermissions(
        of userId: String, in workspaceId: String, to permissions: WorkspacePermission,
        by caller: Caller
    ) -> PendingWrite<WorkspaceMember, WorkspaceMemberWithUser> {
        let admit = admission(of: caller, to: .changePermissions, in: workspaceId)
        return changeMember(userId, in: workspaceId, of: admit, seeing: { seen, _ in seen }) {
            [self] tx, seen, former, user in
            guard former.permissions != permissions else {
                return WorkspaceMemberWithUser(member: former, user: user)
            }
            let member = try set(
                permissions, of: former, in: seen.workspace, by: caller, tx)
            return WorkspaceMemberWithUser(member: member, user: user)
        }
    }

    /// By the workspace's owner; anybody else may leave.
    /// - Returns: who is out, with what he had.
    func removeSharedUser(
        _ userId: String, from workspaceId: String, by caller: Caller
    ) -> PendingWrite<WorkspaceMember, WorkspaceMemberWithUser> {
        guard userId != caller.userId else { return leave(workspaceId, by: caller) }
        let admit = admission(of: caller, to: .remove, in: workspaceId)
        return changeMember(userId, in: workspaceId, of: admit, seeing: { seen, _ in seen }) {
            [self] tx, seen, member, user in
            try remove(member, from: seen.workspace, by: caller, in: tx)
            try closeDoor(of: user, to: seen.workspace, by: caller, tx)
            return WorkspaceMemberWithUser(member: member, user: user)
        }
    }

    /// Whoever has left gets the answer again. So that they are in it is no part of the admission;
    /// to who never was, it is missing all the same.
    private func leave(
        _ workspaceId: String, by caller: Caller
    ) -> PendingWrite<WorkspaceMember, WorkspaceMemberWithUser> {
        let admit: Admission<Void> = { try Tombstone.check(caller, in: $0) }
        return changeMember(
            caller.userId, in: workspaceId, of: admit,
            seeing: { _, db in try Self.admit(caller, to: .leave, in: workspaceId, db) }
        ) { [self] tx, seen, member, user in
            try remove(member, from: seen.workspace, by: caller, in: tx)
            return WorkspaceMemberWithUser(member: member, user: user)
        }
    }

    /// A change of somebody who is in a workspace and does not own it. That they are in it is no
    /// part of the admission: whoever has removed them gets the answer again.
    private func changeMember<Admitted: Sendable>(
        _ userId: String, in workspaceId: String, of admit: @escaping Admission<Admitted>,
        seeing see: @escaping @Sendable (Admitted, any Queryable) throws -> WorkspaceAccess,
        _ effect:
            @escaping @Sendable (
                Transaction, WorkspaceAccess, WorkspaceMember, UserProfile
            ) throws -> WorkspaceMemberWithUser
    ) -> PendingWrite<WorkspaceMember, WorkspaceMemberWithUser> {
        let find = { @Sendable (admitted: Admitted, db: any Queryable) in
            let seen = try see(admitted, db)
            guard let member = try WorkspaceMemberStore.find(userId, of: workspaceId, in: db)
            else { throw Fault.notFound }
            return (seen: seen, member: member)
        }
        return PendingWrite(
            in: database, committed: wrote, admit: admit,
            asking: { [self] _, _ in try await profile(userId) },
            showing: { tx, admitted, _ in try find(admitted, tx).member }
        ) { tx, admitted, user in
            let (seen, member) = try find(admitted, tx)
            guard member.permissions != .owner else { throw Fault(WorkspaceProblems.ownerIsFixed) }
            return try effect(tx, seen, member, user)
        }
    }

    /// Gives a member more or less.
    func set(
        _ permissions: WorkspacePermission, of former: WorkspaceMember,
        in workspace: Workspace, by caller: Caller, _ tx: Transaction
    ) throws -> WorkspaceMember {
        var member = former
        member.permissions = permissions
        try WorkspaceMemberStore.update(member, in: tx)
        try audit.record(.changed(former, member), by: caller, in: tx)
        try tell(changed: former, member, in: workspace, to: workspace.ownerId, in: tx)
        try withdraw(whatIsLeftOf: member, having: permissions, in: workspace, by: caller, tx)
        return member
    }

    func remove(
        _ member: WorkspaceMember, from workspace: Workspace, by caller: Caller,
        in tx: Transaction
    ) throws {
        try WorkspaceMemberStore.delete(member, in: tx)
        try audit.record(.removed(member), by: caller, in: tx)
        try tell(removed: member, from: workspace, in: tx)
        try withdraw(whatIsLeftOf: member, having: nil, in: workspace, by: caller, tx)
    }

    /// Who was removed does not come back by an invitation to another address that is his by now.
    private func closeDoor(
        of user: UserProfile, to workspace: Workspace, by caller: Caller, _ tx: Transaction
    ) throws {
        let open = try WorkspaceInvitationStore.pending(of: user.email, to: workspace.id, in: tx)
        if let open { try revoke(open, to: workspace, by: caller, in: tx) }
    }

    /// What somebody has sent while he had more, and may not give any more: so that every pending
    /// invitation gives what who sent it has.
    private func withdraw(
        whatIsLeftOf inviter: WorkspaceMember, having permissions: WorkspacePermission?,
        in workspace: Workspace, by caller: Caller, _ tx: Transaction
    ) throws {
        let sent = try WorkspaceInvitationStore.pending(
            to: workspace.id, by: inviter.userId, in: tx)
        for invitation in sent
        where !WorkspacePolicy.canGive(invitation.permissions, having: permissions) {
            try revoke(invitation, to: workspace, by: caller, in: tx)
        }
    }
}
