import Contract
import GatewayClient
import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// The address needs no account: the invitation waits for it.
    func invite(
        _ draft: WorkspaceInvitationDraft, to workspaceId: String, by caller: Caller
    ) -> PendingWrite<WorkspaceAccess, InvitationInWorkspace> {
        PendingWrite(
            in: database, committed: wrote,
            admit: admission(of: caller, to: .invite, in: workspaceId),
            asking: { [self] _ in
                let asked = clock.now()
                return (
                    asked: asked, inviter: try await profile(caller.userId),
                    // Who has an account is told by no answer.
                    invitee: try await directory.profiles(
                        emails: [draft.email], toldTo: nil)[draft.email]
                )
            }
        ) { [self] tx, seen, known in
            try checkFree(
                draft.email, known.invitee, knownAt: known.asked, in: seen.workspace, tx)
            try Self.checkRoom(in: workspaceId, tx)
            try InviterQuota.check(caller.userId, isMore: true, in: tx)
            let days = Int64(WorkspaceLimits.defaultDays)
            var invitation = WorkspaceInvitation(
                id: ids.makeUUID(), workspaceId: workspaceId, email: draft.email,
                permissions: draft.permissions, status: .pending, invitedBy: caller.userId,
                expiresAt: tx.now.adding(seconds: days * 86_400), createdAt: tx.now,
                sentAt: tx.now)
            try mails.send(&invitation, to: seen.workspace, from: known.inviter, in: tx)
            try SendingStore.note(caller.userId, in: tx)
            try WorkspaceInvitationStore.insert(invitation, in: tx)
            try audit.record(.created(invitation), by: caller, in: tx)
            try tell(invitation, to: seen.workspace, in: tx)
            return InvitationInWorkspace(invitation, seen.workspace)
        }
    }

    /// That nobody is invited who is in, or invited, already.
    /// - Parameter asked: when the directory was: who had no account then may have come in since.
    private func checkFree(
        _ email: String, _ invitee: UserProfile?, knownAt asked: Timestamp, in workspace: Workspace,
        _ tx: Transaction
    ) throws {
        // The clock may have been set back since.
        let since = min(asked, tx.now)
        let isMember =
            try WorkspaceInvitationStore.isMember(
                email, of: workspace.id, since: since, in: tx)
            || invitee.map { invitee in
                try WorkspaceMemberStore.find(invitee.id, of: workspace.id, in: tx) != nil
            } == true
        if isMember { throw Fault(WorkspaceProblems.alreadyMember) }
        let other = try WorkspaceInvitationStore.pending(of: email, to: workspace.id, in: tx)
        guard let other else { return }
        if other.isOpen(at: tx.now) { throw WorkspaceInvitation.alreadyInvited(other) }
        try expire(other, to: workspace, in: tx)
    }

    /// Whatever is done to all of a workspace at once stays one short transaction.
    private static func checkRoom(in workspaceId: String, _ tx: Transaction) throws {
        let people =
            try WorkspaceMemberStore.count(of: workspaceId, in: tx)
            + WorkspaceInvitationStore.pendingCount(of: workspaceId, in: tx)
        guard people < WorkspaceLimits.people else { throw Fault(WorkspaceProblems.full) }
    }
}
