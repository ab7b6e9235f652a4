import EntitiesContract
import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// Makes `userId` the owner, and so a publisher, on the caller's account.
    /// - Parameter membershipId: that on which their right to publish rests, if on any.
    func handOver(
        _ entity: Entity, to userId: String, under membershipId: String? = nil,
        by caller: Caller, in tx: Transaction
    ) throws -> Entity {
        let publisher = Publisher(
            entityId: entity.id, userId: userId, addedBy: caller.userId, addedAt: tx.now,
            membershipId: membershipId)
        if try PublisherStore.insert(publisher, in: tx) {
            try audit.record(.added(publisher), by: caller, in: tx)
        }
        var changed = entity
        changed.ownerId = userId
        changed.touch(tx.now)
        try EntityStore.update(changed, in: tx)
        try audit.record(.handedOver(entity, changed), by: caller, in: tx)
        let fact = EntityHandedOver(
            entityId: entity.id, ownerId: userId, updatedAt: changed.updatedAt)
        try tell(EntityHandedOver.type, fact, in: tx)
        return changed
    }
}
