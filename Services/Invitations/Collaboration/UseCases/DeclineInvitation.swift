import Contract
import Inviting
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// As a signed-in user with the invited address. Idempotent.
    func declineInvitation(
        _ link: InvitationLink, by caller: Caller
    ) async throws -> PendingWrite<Invitation, Invitation> {
        decline(link, as: try await invitee(caller), by: caller)
    }

    /// To the inviter it looks revoked.
    func decline(
        _ link: InvitationLink, as invitee: Invitee, by caller: Caller
    ) -> PendingWrite<Invitation, Invitation> {
        let admit: Admission<Invitation> = { [self] in try find(link, to: invitee, in: $0) }
        return write(by: caller, admit: admit) { [self] tx, former in
            if former.isDeclined { return former }
            try Self.checkOpen(former, at: tx.now)
            let owner = try KnownEntityStore.find(former.entityId, in: tx)?.ownerId
            var declined = former
            declined.isDeclined = true
            // With a claim no account is needed to decline.
            return try revoke(
                declined, by: caller.userId.isEmpty ? nil : caller,
                owner: owner ?? former.invitedBy, in: tx)
        }
    }
}
