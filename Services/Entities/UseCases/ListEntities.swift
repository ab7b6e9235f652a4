import EntitiesContract
import Kernel
import SQLite

/// An entity, and the step that gives the caller access.
struct AccessibleEntity: Sendable, Equatable {
    let entity: Entity
    let via: AccessStep
}

extension EntitiesUseCases {
    /// Reads of more rows run off the event loop.
    private static let fewRows = 500

    /// Every entity that a user can access, newest first. If another service is unavailable, the
    /// result is 503 rather than an incomplete list.
    /// - Parameter userId: by default the caller; others for platform admins with the scope.
    func listEntities(
        _ filter: EntityFilter, _ page: PageRequest, of userId: String? = nil, by caller: Caller
    ) async throws -> Page<AccessibleEntity> {
        let userId = userId ?? caller.userId
        try EntityPolicy.authorizeList(of: userId, caller)
        guard try !database.read({ try Self.isOut(userId, in: $0) }) else {
            return Page([], page, total: 0)
        }
        let remote = try await remoteEntities(for: userId)
        let others = Array(remote.steps.keys)
        let look = { @Sendable (reader: Reader) in
            try EntityStore.reached(
                by: userId, others: others, closing: remote.closing, filter, page,
                in: reader)
        }
        let isQuick =
            filter.search == nil && page.offset <= Self.fewRows
            && others.count + remote.closing.count <= Self.fewRows
        let reached = isQuick ? try database.read(look) : try await database.readAside(look)
        let closing = Set(remote.closing)
        return try reached.map { item in
            let id = item.entity.id
            let isPublic = item.isPublic && !closing.contains(id)
            // The first step decides.
            let steps = [
                item.localStep, remote.steps[id], isPublic ? .publicStore : nil,
            ].compactMap(\.self)
            guard let via = steps.min() else { throw Fault.notFound }
            return AccessibleEntity(entity: item.entity, via: via)
        }
    }
}
