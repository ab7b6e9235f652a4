import Contract
import GatewayClient
import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// The address needs no account yet.
    func invite(
        _ draft: WorkspaceInvitationDraft, to workspaceId: String, by caller: Caller
    ) -> PendingWrite<WorkspaceAccess, InvitationInWorkspace> {
        write(
            by: caller, admit: admission(of: caller, to: .invite, in: workspaceId),
            asking: { [self] _ in
                let asked = clock.now()
                return (
                    asked: asked, inviter: try await profile(caller.userId),
                    // No response reveals who has an account.
                    invitee: try await directory.profiles(
                        emails: [draft.email], disclosedTo: nil)[draft.email]
                )
            }
        ) { [self] tx, access, known in
            if let invitee = known.invitee {
                try settleOffboarding(of: invitee.id, on: workspaceId, in: tx)
            }
            // Another one may own it now.
            let workspace = try WorkspaceStore.find(workspaceId, in: tx) ?? access.workspace
            try checkInvitable(
                draft.email, known.invitee, knownAt: known.asked, in: workspace, tx)
            try Self.checkRoom(in: workspaceId, tx)
            try inviterQuota.check(caller.userId, isMore: true, in: tx)
            let days = Int64(WorkspaceLimits.defaultDays)
            var invitation = WorkspaceInvitation(
                id: ids.makeUUID(), workspaceId: workspaceId, email: draft.email,
                permissions: draft.permissions, status: .pending, invitedBy: caller.userId,
                expiresAt: tx.now.adding(seconds: days * 86_400), createdAt: tx.now,
                sentAt: tx.now, linkKey: secrets.linkKey, locale: draft.locale,
                returnURL: draft.returnURL)
            try send(
                &invitation, to: workspace, from: known.inviter, known.invitee, in: tx)
            try SendingStore.insert(caller.userId, in: tx)
            try WorkspaceInvitationStore.insert(invitation, in: tx)
            try record(
                .created(invitation, in: workspace), of: invitation, to: workspace, by: caller,
                in: tx)
            return InvitationInWorkspace(invitation, workspace)
        }
    }

    /// Checks that the address isn't a member's or already invited.
    /// - Parameter asked: when the directory was queried: the invitee may have joined since.
    private func checkInvitable(
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

    /// Bounds what one transaction does to all members and invitations.
    private static func checkRoom(in workspaceId: String, _ tx: Transaction) throws {
        let people =
            try WorkspaceMemberStore.count(of: workspaceId, in: tx)
            + WorkspaceInvitationStore.pendingCount(of: workspaceId, in: tx)
        guard people < WorkspaceLimits.people else { throw Fault(WorkspaceProblems.full) }
    }
}
