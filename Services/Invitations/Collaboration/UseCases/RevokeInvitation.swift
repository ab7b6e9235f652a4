import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Its links stop working.
    func revokeInvitation(
        _ id: String, to entityId: String, by caller: Caller
    ) async throws -> PendingWrite<Invitation, Invitation> {
        try await change(
            .manageInvitations, on: entityId, by: caller,
            of: { try Self.find(id, to: entityId, in: $0) }, asking: { _ in }
        ) { [self] tx, invitation, admitted, _ in
            guard invitation.isOpen(at: tx.now) else {
                throw Invitation.notPending(invitation.status(at: tx.now))
            }
            return try revoke(invitation, by: caller, owner: admitted.ownerId, in: tx)
        }
    }

    func revoke(
        _ former: Invitation, by caller: Caller?, owner: String, in tx: Transaction
    ) throws -> Invitation {
        var invitation = former
        invitation.status = .revoked
        try InvitationOutbox.cancelPending(&invitation, in: tx)
        try InvitationStore.update(invitation, in: tx)
        let audience = try audience(of: invitation.entityId, owner, in: tx)
        try record(.ended(former, invitation, for: audience), of: invitation, by: caller, in: tx)
        return invitation
    }
}
