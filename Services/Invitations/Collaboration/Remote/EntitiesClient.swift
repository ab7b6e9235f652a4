import Contract
import EntitiesContract
import Kernel
import ServiceKit

/// The entities context, over HTTP.
package struct EntitiesClient: Entities {
    let client: ServiceClient

    package init(client: ServiceClient) { self.client = client }

    package func ids(ofEntities externalIds: [String]) async throws -> [String: String] {
        try await client.ids(of: externalIds, by: EntityQueries.externalIds)
    }

    package func standing(of userId: String, to entityId: String) async throws -> EntityStanding? {
        let answer = try await client.call(
            EntityQueries.standing, EntityStandingQuery(entityId: entityId, userId: userId),
            as: EntityStandingReply.self)
        guard let entity = answer.entity else { return nil }
        return EntityStanding(
            id: entity.id, name: entity.name, ownerId: entity.ownerId,
            organizationId: entity.organizationId, updatedAt: entity.updatedAt,
            isAccessible: answer.step != nil)
    }
}
