import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    static let maximumChecks = EntityLimits.checks

    /// The first step of each, in order; nil where there is none, where the entity is missing, and
    /// where the caller may not ask because it is about another and he is no publisher.
    func checkAccess(_ queries: [AccessQuery], by caller: Caller) async throws -> [AccessStep?] {
        guard (1...Self.maximumChecks).contains(queries.count) else {
            throw Fault.invalid("/checks", "must hold 1–\(Self.maximumChecks) checks")
        }
        var (steps, open) = try database.read { reader in
            try Self.look(queries, by: caller, in: reader)
        }
        // What does not exist is asked for too, as in `stepElsewhere`, and granted to nobody.
        let elsewhere = try await stepsElsewhere(open.map { queries[$0.place] })
        for (question, found) in zip(open, elsewhere) where question.exists {
            steps[question.place] = found.first
        }
        return steps
    }

    /// What another context must be asked.
    private typealias Question = (place: Int, exists: Bool)

    /// What is decided here, and the places of what is not.
    private static func look(
        _ queries: [AccessQuery], by caller: Caller, in db: some Queryable
    ) throws -> (steps: [AccessStep?], open: [Question]) {
        var steps = [AccessStep?](repeating: nil, count: queries.count)
        var open: [Question] = []
        for (place, query) in queries.enumerated() {
            let isOwn = query.userId == caller.userId
            let mayAsk =
                try isOwn || PublisherStore.contains(caller.userId, of: query.entityId, in: db)
            guard mayAsk, IDMinter.isWellFormed(query.entityId, prefix: "ent_") else { continue }
            steps[place] = try GrantStore.step(of: query, in: db)
            if steps[place] == nil {
                open.append((place, try EntityStore.exists(query.entityId, in: db)))
            }
        }
        return (steps, open)
    }
}
