import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    /// Every grant of the user, in the order of the hierarchy. Publishers can ask about other
    /// users. For callers without access the entity does not exist.
    func explainAccess(
        to entityId: String, of userId: String?, by caller: Caller
    ) async throws -> [AccessPath] {
        guard IDMinter.isWellFormed(entityId, prefix: "ent_") else { throw Fault.notFound }
        let own = AccessQuery(entityId: entityId, userId: caller.userId)
        let asked = AccessQuery(entityId: entityId, userId: userId ?? caller.userId)
        // One call, for the caller's own access and for the user in question.
        let remote = await remoteResult(asked == own ? [own] : [own, asked])
        let local = try database.read { reader in
            let isKnown = try GrantStore.step(of: own, in: reader) != nil
            let step = try isKnown ? nil : remote.get()[0].first
            let action: EntityAction = asked == own ? .see : .seeOthersAccess
            _ = try Self.admit(caller, to: action, on: entityId, step, in: reader)
            return try Self.localPaths(asked, in: reader)
        }
        // Access is certain; other grants can't be determined while another service is down.
        if !local.isEmpty, case .failure = remote { return local }
        let found = try remote.get().last ?? []
        return local + found.inOrder.map(AccessPath.remote)
    }

    private func remoteResult(
        _ queries: [AccessQuery]
    ) async -> Result<[AccessSteps], any Error> {
        do {
            return .success(try await remoteSteps(queries, isComplete: true))
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
