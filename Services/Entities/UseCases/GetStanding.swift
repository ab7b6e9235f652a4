import Contract
import EntitiesContract
import Kernel
import SQLite
import WriteKit

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
                    ownerId: try Self.owner(of: entity, in: reader),
                    organizationId: entity.organizationId, updatedAt: entity.updatedAt),
                step: try GrantStore.step(of: access, in: reader)?.rawValue)
        }
    }

    /// While an offboarding has not reached the entity, its owner is whom it will get.
    private static func owner(of entity: Entity, in db: some Queryable) throws -> String {
        guard let removal = try UserRemoval.hidden(entity.id, from: entity.ownerId, in: db) else {
            return entity.ownerId
        }
        return try PublisherStore.oldest(of: entity.id, except: removal.userId, in: db)
            ?? removal.admin.userId
    }
}
