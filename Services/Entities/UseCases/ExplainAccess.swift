import Kernel
import SQLite

extension EntitiesUseCases {
    /// Every grant of the user that is found, in the order of the hierarchy. A publisher may ask
    /// about others; about oneself, without any grant, the entity does not exist.
    func explainAccess(
        to entityId: String, of userId: String?, by caller: Caller
    ) async throws -> [AccessPath] {
        let userId = userId ?? caller.userId
        let action: EntityAction = userId == caller.userId ? .see : .seeOthersAccess
        let query = AccessQuery(entityId: entityId, userId: userId)
        let local = try await read(action, on: entityId, by: caller) { reader, _, _ in
            try Self.localPaths(query, in: reader)
        }
        do {
            let elsewhere = try await stepsElsewhere([query])[query] ?? []
            return local + elsewhere.map(AccessPath.elsewhere)
        } catch {
            guard !local.isEmpty else { throw error }
            // Granted in any case; what else there is can't be known now.
            return local
        }
    }

    private static func localPaths(
        _ query: AccessQuery, in db: some Queryable
    ) throws -> [AccessPath] {
        let publisher = try PublisherStore.find(query.userId, of: query.entityId, in: db)
        let share = try ShareStore.find(with: query, in: db)
        return [publisher.map(AccessPath.publisher), share.map(AccessPath.share)].compactMap(\.self)
    }
}
