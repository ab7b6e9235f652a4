import Kernel
import SQLite

extension EntitiesUseCases {
    /// Every grant of the user that is found, in the order of the hierarchy. A publisher may ask
    /// about others; about oneself, without any grant, the entity does not exist.
    func explainAccess(
        to entityId: String, of userId: String?, by caller: Caller
    ) async throws -> [AccessPath] {
        guard IDMinter.isWellFormed(entityId, prefix: "ent_") else { throw Fault.notFound }
        let own = AccessQuery(entityId: entityId, userId: caller.userId)
        let asked = AccessQuery(entityId: entityId, userId: userId ?? caller.userId)
        // One call, for what lets the caller in and for what he asks.
        let elsewhere = await elsewhere(asked == own ? [own] : [own, asked])
        let local = try database.read { reader in
            let isKnown = try GrantStore.step(of: own, in: reader) != nil
            let step = try isKnown ? nil : elsewhere.get()[0].first
            let action: EntityAction = asked == own ? .see : .seeOthersAccess
            _ = try Self.admit(caller, to: action, on: entityId, step, in: reader)
            return try Self.localPaths(asked, in: reader)
        }
        // Granted in any case; what else there is can't be known while a neighbour is down.
        if !local.isEmpty, case .failure = elsewhere { return local }
        let found = try elsewhere.get().last ?? []
        return local + found.inOrder.map(AccessPath.elsewhere)
    }

    private func elsewhere(
        _ queries: [AccessQuery]
    ) async -> Result<[AccessSteps], any Error> {
        do {
            return .success(try await stepsElsewhere(queries, isComplete: true))
        } catch {
            return .failure(error)
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
