import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    /// What another context asks of an entity and a user, as far as it is known here.
    func standing(_ query: EntityStandingQuery) throws -> EntityStandingReply {
        try database.read { reader in
            guard let entity = try EntityStore.find(query.entityId, in: reader) else {
                return EntityStandingReply(entity: nil, step: nil)
            }
            let access = AccessQuery(entityId: query.entityId, userId: query.userId)
            return EntityStandingReply(
                entity: EntityStandingReply.Entity(
                    id: entity.id, name: entity.name, type: entity.type.rawValue,
                    ownerId: entity.ownerId, updatedAt: entity.updatedAt),
                step: try GrantStore.step(of: access, in: reader)?.rawValue)
        }
    }
}
