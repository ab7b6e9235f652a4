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
        async let collaborations = Self.orAccessUnknown {
            try await collaborators.entities(for: userId)
        }
        while true {
            let stores = try await visibleStores(of: userId)
            let elsewhere = Elsewhere(collaborations: try await collaborations, stores: stores)
            if let found = try await read(filter, page, of: userId, elsewhere) { return found }
            try Task.checkCancellation()
        }
    }

    /// - Returns: nil if the copy of the stores is another than the one that `elsewhere` is of.
    private func read(
        _ filter: EntityFilter, _ page: PageRequest, of userId: String, _ elsewhere: Elsewhere
    ) async throws -> Page<AccessibleEntity>? {
        let look = { @Sendable (reader: Reader) -> Page<AccessibleEntity>? in
            guard try StoreCopy.agrees(with: elsewhere.stores, in: reader) else { return nil }
            let since = try Self.grantedSinceRemoval(of: userId, in: reader)
            return try EntityStore.reached(
                by: since == nil ? userId : "",
                elsewhere.adding((since ?? [:]).keys), filter, page, in: reader
            ).map { item in
                let id = item.entity.id
                // The first step decides.
                let steps = [
                    item.localStep ?? since?[id], item.isInStore ? .organizationStore : nil,
                    item.isPublic ? .publicStore : nil,
                    elsewhere.collaborations.contains(id) ? .collaborator : nil,
                ].compactMap(\.self)
                guard let via = steps.min() else { throw Fault.notFound }
                return AccessibleEntity(entity: item.entity, via: via)
            }
        }
        let isQuick =
            try filter.search == nil && page.offset <= Self.fewRows
            && elsewhere.collaborations.count <= Self.fewRows
            && !database.read {
                try StoreCopy.has(moreThan: Self.fewRows, in: elsewhere.stores, $0)
            }
        return isQuick ? try database.read(look) : try await database.readAside(look)
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
