import EntitiesContract
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// The new owner receives the entity's events from now on. Invitations that a deleted owner
    /// sent are revoked.
    package func onEntityOwnerChanged(_ event: EntityOwnerChanged, in tx: Transaction) throws {
        if try Tombstone.entity.contains(event.entityId, in: tx) { return }
        try KnownEntityStore.changeOwner(
            of: event.entityId, to: event.ownerId, at: event.updatedAt, in: tx)
        for invitation in try InvitationStore.pending(to: event.entityId, in: tx)
        where try Tombstone.user.contains(invitation.invitedBy, in: tx) {
            _ = try revoke(invitation, by: nil, owner: event.ownerId, in: tx)
        }
    }
}
