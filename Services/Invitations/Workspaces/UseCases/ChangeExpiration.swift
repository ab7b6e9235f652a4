import Contract
import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    func changeExpiration(
        of id: String, to expiration: Timestamp, by caller: Caller
    ) async throws -> PendingWrite<InvitationInWorkspace, InvitationInWorkspace> {
        try await changePending(.changeExpiration, id, by: caller) { [self] tx, placed, people in
            try WorkspaceInvitation.check(expiration: expiration, at: tx.now)
            var changed = placed
            changed.invitation.expiresAt = expiration
            guard changed != placed else { return placed }
            if placed.invitation.delivery == .pending,
                placed.invitation.pause(at: tx.now) == nil
            {
                // A pending e-mail would show the former date. Right after sending it may already
                // be on its way, and would arrive twice.
                try send(
                    &changed.invitation, to: placed.workspace, from: people.inviter,
                    people.invitee, in: tx)
            }
            try WorkspaceInvitationStore.update(changed.invitation, in: tx)
            try record(
                .expirationChanged(
                    placed.invitation, changed.invitation, in: placed.workspace),
                of: changed.invitation, to: placed.workspace, by: caller, in: tx)
            return changed
        }
    }
}
