import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    /// An entity, and the first local step that gives a user access; for another service.
    func getStanding(_ query: EntityStandingQuery) throws -> EntityStandingReply {
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
