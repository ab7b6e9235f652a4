import Contract
import Journal
import Kernel
import SQLite

/// Somebody who is in a workspace, and who he is.
struct ListedWorkspaceMember: Sendable, Equatable {
    let member: WorkspaceMember
    let user: Person
}

extension WorkspacesUseCases {
    /// The last who came in first.
    func listSharedUsers(
        of workspaceId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ListedWorkspaceMember> {
        let found = try database.read { reader in
            _ = try Self.admit(caller, to: .listMembers, in: workspaceId, reader)
            return try WorkspaceMemberStore.page(of: workspaceId, page, in: reader)
        }
        let persons = try await persons(found.items.map(\.userId))
        return found.map {
            ListedWorkspaceMember(member: $0, user: persons[$0.userId] ?? .unknown($0.userId))
        }
    }

    func changePermissions(
        of userId: String, in workspaceId: String, to permissions: WorkspacePermission,
        by caller: Caller, expecting: @escaping @Sendable (Bool) throws -> Void = { _ in }
    ) async throws -> Change<ListedWorkspaceMember> {
        try await change(
            .changePermissions, in: workspaceId, by: caller, asking: { try await person(userId) }
        ) { [self] tx, seen, user in
            let former = try Self.other(userId, in: workspaceId, tx)
            try expecting(true)
            guard former.permissions != permissions else {
                return ListedWorkspaceMember(member: former, user: user)
            }
            let member = try set(
                permissions, of: former, in: seen.workspace, by: caller, tx)
            return ListedWorkspaceMember(member: member, user: user)
        }
    }

    /// By the workspace's owner; anybody else may leave.
    /// - Returns: who is out, with what he had.
    func removeSharedUser(
        _ userId: String, from workspaceId: String, by caller: Caller,
        expecting: @escaping @Sendable (Bool) throws -> Void = { _ in }
    ) async throws -> Change<ListedWorkspaceMember> {
        let action: WorkspaceAction = userId == caller.userId ? .leave : .remove
        return try await change(
            action, in: workspaceId, by: caller, asking: { try await person(userId) }
        ) { [self] tx, seen, user in
            let member = try Self.other(userId, in: workspaceId, tx)
            try expecting(true)
            try remove(member, from: seen.workspace, by: caller, in: tx)
            if action == .remove {
                try closeDoor(of: user, to: seen.workspace, by: caller, tx)
            }
            return ListedWorkspaceMember(member: member, user: user)
        }
    }

    /// Somebody who is in it and does not own it.
    private static func other(
        _ userId: String, in workspaceId: String, _ tx: Transaction
    ) throws -> WorkspaceMember {
        guard let member = try WorkspaceMemberStore.find(userId, of: workspaceId, in: tx) else {
            throw Fault.notFound
        }
        guard member.permissions != .owner else { throw Workspace.ownerIsFixed }
        return member
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
        of user: Person, to workspace: Workspace, by caller: Caller, _ tx: Transaction
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
        where !WorkspacePolicy.mayGive(invitation.permissions, having: permissions) {
            try revoke(invitation, to: workspace, by: caller, in: tx)
        }
    }
}
