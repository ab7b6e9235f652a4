import Kernel
import SQLite

/// An entity, and what lets the caller in.
struct AccessibleEntity: Sendable, Equatable {
    let entity: Entity
    let via: AccessStep
}

extension EntitiesUseCases {
    /// Everything that the caller may access, newest first. It says 503 rather than leave out what
    /// only another context knows.
    func listEntities(
        _ filter: EntityFilter, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<AccessibleEntity> {
        let elsewhere = try await entitiesElsewhere(for: caller.userId)
        let reached = try database.read { reader in
            try EntityStore.reached(
                by: caller.userId, others: Array(elsewhere.keys), filter, page, in: reader)
        }
        return try reached.map { item in
            guard let via = item.localStep ?? elsewhere[item.entity.id] else {
                throw Fault.notFound
            }
            return AccessibleEntity(entity: item.entity, via: via)
        }
    }
}
