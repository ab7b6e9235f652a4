import EntitiesContract
import Kernel
import SQLite
import WriteKit

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
        let look = { @Sendable (reader: Reader) in
            let since = try Self.grantedSinceRemoval(of: userId, in: reader)
            return try EntityStore.reached(
                by: since == nil ? userId : "",
                // In the order of the index in which they are looked up.
                others: Set(remote.steps.keys).union((since ?? [:]).keys).sorted(),
                closing: remote.closing, filter, page, in: reader
            ).map { (item: $0, step: $0.localStep ?? since?[$0.entity.id]) }
        }
        let isQuick =
            filter.search == nil && page.offset <= Self.fewRows
            && remote.steps.count + remote.closing.count <= Self.fewRows
        let reached = isQuick ? try database.read(look) : try await database.readAside(look)
        let closing = Set(remote.closing)
        return try reached.map { item, step in
            let id = item.entity.id
            let isPublic = item.isPublic && !closing.contains(id)
            // The first step decides.
            let steps = [
                step, remote.steps[id], isPublic ? .publicStore : nil,
            ].compactMap(\.self)
            guard let via = steps.min() else { throw Fault.notFound }
            return AccessibleEntity(entity: item.entity, via: via)
        }
    }

    /// The local grants that count of a user whose removal runs; nil: all do.
    private static func grantedSinceRemoval(
        of userId: String, in db: some Queryable
    ) throws -> [String: AccessStep]? {
        guard try UserRemoval.isRunning(for: userId, in: db) else { return nil }
        return try Dictionary(
            Regrants.things(of: userId, in: db).compactMap { id in
                let pair = AccessQuery(entityId: id, userId: userId)
                return try GrantStore.step(of: pair, in: db).map { (id, $0) }
            }
        ) { $1 }
    }
}
