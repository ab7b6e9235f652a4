import SQLite

extension EntitiesUseCases {
    /// Makes `userId` the owner, and so a publisher: `addedBy` says on whose account.
    static func handOver(
        _ entity: Entity, to userId: String, by addedBy: String, in tx: Transaction
    ) throws -> Entity {
        let publisher = Publisher(
            entityId: entity.id, userId: userId, addedBy: addedBy, addedAt: tx.now)
        try PublisherStore.insert(publisher, in: tx)
        var entity = entity
        entity.ownerId = userId
        entity.updatedAt = tx.now
        try EntityStore.update(entity, in: tx)
        return entity
    }
}
