import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    /// The first step for each query, in order; nil without access, if the entity does not exist,
    /// or if the query is about another user and the caller is not a publisher.
    func checkAccess(_ queries: [AccessQuery], by caller: Caller) async throws -> [AccessStep?] {
        guard (1...EntityLimits.checks).contains(queries.count) else {
            throw Fault.invalid("/checks", "must contain 1 to \(EntityLimits.checks) checks")
        }
        var (steps, undecided) = try database.read { reader in
            try Self.checkLocally(queries, by: caller, in: reader)
        }
        // Asks about entities that don't exist too, as `remoteStep` does, but never grants access.
        let remote = try await remoteSteps(undecided.map { queries[$0.index] })
        for (query, found) in zip(undecided, remote) where query.exists {
            steps[query.index] = found.first
        }
        return steps
    }

    /// A query that only other services can decide.
    private typealias Undecided = (index: Int, exists: Bool)

    private static func checkLocally(
        _ queries: [AccessQuery], by caller: Caller, in db: some Queryable
    ) throws -> (steps: [AccessStep?], undecided: [Undecided]) {
        var steps = [AccessStep?](repeating: nil, count: queries.count)
        var undecided: [Undecided] = []
        for (index, query) in queries.enumerated() {
            let isOwn = query.userId == caller.userId
            let isAllowed =
                try isOwn || PublisherStore.contains(caller.userId, of: query.entityId, in: db)
            guard isAllowed, IDMinter.isWellFormed(query.entityId, prefix: "ent_") else { continue }
            steps[index] = try GrantStore.step(of: query, in: db)
            if steps[index] == nil {
                undecided.append((index, try EntityStore.exists(query.entityId, in: db)))
            }
        }
        return (steps, undecided)
    }
}
