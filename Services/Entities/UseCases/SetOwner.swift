import EntitiesContract
import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// Makes `userId` the owner, and a publisher if they are not one yet.
    /// - Parameters:
    ///   - membershipId: the membership on which their right to publish depends, if any.
    ///   - caller: whom the audit names.
    func setOwner(
        of entity: Entity, to userId: String, membershipId: String? = nil,
        by caller: Caller, in tx: Transaction
    ) throws -> Entity {
        let publisher = Publisher(
            entityId: entity.id, userId: userId, addedBy: caller.userId, addedAt: tx.now,
            membershipId: membershipId)
        var changed = entity
        changed.ownerId = userId
        changed.touch(tx.now)
        if try PublisherStore.insert(publisher, in: tx) {
            try audit.record(.added(publisher, for: changed.audience), by: caller, in: tx)
        }
        try EntityStore.update(changed, in: tx)
        try audit.record(.ownerChanged(entity, changed), by: caller, in: tx)
        let event = EntityOwnerChanged(
            entityId: entity.id, ownerId: userId, updatedAt: changed.updatedAt)
        try emit(EntityOwnerChanged.type, event, in: tx)
        return changed
    }
}
