import Contract
import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// Sends it again with the same link.
    func resendInvitation(
        _ id: String, by caller: Caller
    ) async throws -> PendingWrite<InvitationInWorkspace, InvitationInWorkspace> {
        try await changePending(.resend, id, by: caller) { [self] tx, placed, people in
            if let seconds = placed.invitation.pause(at: tx.now) {
                throw Fault(WorkspaceProblems.resentTooSoon, retryAfter: seconds)
            }
            try inviterQuota.check(caller.userId, isMore: false, in: tx)
            var changed = placed
            changed.invitation.sentAt = tx.now
            try send(
                &changed.invitation, to: placed.workspace, from: people.inviter, people.invitee,
                in: tx)
            try SendingStore.insert(caller.userId, in: tx)
            try WorkspaceInvitationStore.update(changed.invitation, in: tx)
            try record(
                .resent(placed.invitation, changed.invitation, in: placed.workspace),
                of: changed.invitation, to: placed.workspace, by: caller, in: tx)
            return changed
        }
    }
}
