import Kernel
import SQLite

/// An entity, and what lets the caller in.
struct AccessibleEntity: Sendable, Equatable {
    let entity: Entity
    let via: AccessStep
}

extension EntitiesUseCases {
    /// A list that holds more of other contexts is made off the loop.
    private static let fewOthers = 500

    /// Everything that the caller may access, newest first. It says 503 rather than leave out what
    /// only another context knows.
    func listEntities(
        _ filter: EntityFilter, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<AccessibleEntity> {
        let elsewhere = try await entitiesElsewhere(for: caller.userId)
        let others = Array(elsewhere.keys)
        let look = { @Sendable (reader: Reader) in
            try EntityStore.reached(by: caller.userId, others: others, filter, page, in: reader)
        }
        // Each of the others is looked up.
        let reached =
            others.count <= Self.fewOthers
            ? try database.read(look) : try await database.readAside(look)
        return try reached.map { item in
            guard let via = item.localStep ?? elsewhere[item.entity.id] else {
                throw Fault.notFound
            }
            return AccessibleEntity(entity: item.entity, via: via)
        }
    }
}
