import Contract
import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// Accepts or rejects an invitation to the caller's own address.
    func answerInvitation(
        _ id: String, _ answer: WorkspaceInvitationResponse, by caller: Caller
    ) async throws -> PendingWrite<InvitationInWorkspace, InvitationInWorkspace> {
        let user = try await profile(caller.userId)
        let admit: Admission<InvitationInWorkspace> = { db in
            let placed = try InvitationInWorkspace.admit(
                caller, user.email, to: .answer, id, db)
            guard answer.email == user.email else { throw Fault(WorkspaceProblems.emailMismatch) }
            return placed
        }
        return write(by: caller, admit: admit) { [self] tx, _ in
            try self.answer(
                id, answer.accepts, as: Invitee(userId: user.id, email: user.email),
                by: caller, in: tx)
        }
    }

    /// - Parameter invitee: has proved access to the address.
    func answer(
        _ id: String, _ accepts: Bool, as invitee: Invitee, by caller: Caller,
        in tx: Transaction
    ) throws -> InvitationInWorkspace {
        var placed = try InvitationInWorkspace.admit(
            caller, invitee.email, to: .answer, id, tx)
        let former = placed.invitation
        switch former.status(at: tx.now) {
        case .pending: break
        case .expired: throw Fault(InvitationProblems.expired)
        case .revoked: throw Fault(InvitationProblems.revoked)
        case .accepted, .rejected: throw WorkspaceInvitation.answered(former.status)
        }
        if accepts, try SuspendedUsers.contains(former.invitedBy, in: tx) {
            throw Fault(InvitationProblems.inviterGone)
        }
        if accepts, try UserRemoval.hides(placed.workspace.id, from: invitee.userId, in: tx) {
            throw Fault(InvitationProblems.revoked)
        }
        placed.invitation = try end(
            former, as: accepts ? .accepted : .rejected, of: invitee, to: placed.workspace,
            by: caller, in: tx)
        if accepts { try join(placed, by: caller, in: tx) }
        return placed
    }

    /// A member who was invited at another address keeps the higher permissions.
    private func join(
        _ placed: InvitationInWorkspace, by caller: Caller, in tx: Transaction
    ) throws {
        let (workspace, permissions) = (placed.workspace, placed.invitation.permissions)
        if let member = try WorkspaceMemberStore.find(caller.userId, of: workspace.id, in: tx) {
            guard member.permissions < permissions else { return }
            _ = try set(permissions, of: member, in: workspace, by: caller, tx)
            return
        }
        let member = WorkspaceMember(
            workspaceId: workspace.id, userId: caller.userId, permissions: permissions,
            sharedAt: tx.now)
        try WorkspaceMemberStore.insert(member, in: tx)
        try audit.record(.added(member, in: workspace), by: caller, in: tx)
    }
}
