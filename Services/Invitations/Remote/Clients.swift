import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import ServiceKit

/// The entities context, over HTTP.
struct EntitiesClient: Entities {
    let client: ServiceClient

    func standing(of userId: String, to entityId: String) async throws -> EntityStanding? {
        let answer = try await client.call(
            EntityQueries.standing, EntityStandingQuery(entityId: entityId, userId: userId),
            as: EntityStandingReply.self)
        guard let entity = answer.entity else { return nil }
        return EntityStanding(
            id: entity.id, name: entity.name, ownerId: entity.ownerId,
            updatedAt: entity.updatedAt, isAccessible: answer.step != nil)
    }
}

/// The organizations context, over HTTP.
struct StoresClient: Stores {
    let client: ServiceClient

    func isOpen(_ entityId: String, to userId: String) async throws -> Bool {
        let subject = StoreAccessQuery.Subject(userId: userId, entityIds: [entityId])
        let answer = try await client.call(
            OrganizationQueries.storeAccess, StoreAccessQuery(subjects: [subject]),
            as: StoreAccessReply.self)
        guard let grants = answer.subjects.first else {
            throw Fault.unexpected("organizations: no answer about the one subject")
        }
        return !grants.organizationStore.isEmpty || !grants.publicStore.isEmpty
    }
}
