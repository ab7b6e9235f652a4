import Kernel
import SQLite

/// An entity, and what lets the caller in.
struct AccessibleEntity: Sendable, Equatable {
    let entity: Entity
    let via: AccessStep
}

extension EntitiesUseCases {
    /// What looks at more rows is read off the loop.
    private static let fewRows = 500

    /// Everything that the caller may access, newest first. It says 503 rather than leave out what
    /// only another context knows.
    func listEntities(
        _ filter: EntityFilter, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<AccessibleEntity> {
        let elsewhere = try await entitiesElsewhere(for: caller.userId)
        let others = Array(elsewhere.steps.keys)
        let look = { @Sendable (reader: Reader) in
            try EntityStore.reached(
                by: caller.userId, others: others, closing: elsewhere.closing, filter, page,
                in: reader)
        }
        let isQuick =
            filter.search == nil && page.offset <= Self.fewRows
            && others.count + elsewhere.closing.count <= Self.fewRows
        let reached = isQuick ? try database.read(look) : try await database.readAside(look)
        let closing = Set(elsewhere.closing)
        return try reached.map { item in
            let id = item.entity.id
            let isPublic = item.isPublic && !closing.contains(id)
            // The first of them decides.
            let steps = [
                item.localStep, elsewhere.steps[id], isPublic ? .publicStore : nil,
            ].compactMap(\.self)
            guard let via = steps.min() else { throw Fault.notFound }
            return AccessibleEntity(entity: item.entity, via: via)
        }
    }
}
