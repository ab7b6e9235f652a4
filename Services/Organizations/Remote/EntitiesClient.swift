import Contract
import EntitiesContract
import Kernel
import ServiceKit

/// The entities context over HTTP.
struct EntitiesClient: Entities {
    let client: ServiceClient

    func ids(ofEntities externalIds: [String]) async throws -> [String: String] {
        try await client.ids(of: externalIds, by: EntityQueries.externalIds)
    }

    func standing(of userId: String, to entityId: String) async throws -> EntityStanding? {
        let answer = try await client.call(
            EntityQueries.standing, EntityStandingQuery(entityId: entityId, userId: userId),
            as: EntityStandingReply.self)
        guard let entity = answer.entity else { return nil }
        return EntityStanding(
            id: entity.id, name: entity.name, type: entity.type, updatedAt: entity.updatedAt,
            isPublisher: answer.step == "publisher", isAccessible: answer.step != nil,
            isOwner: entity.ownerId == userId)
    }
}
