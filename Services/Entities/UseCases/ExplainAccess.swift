import EntitiesContract
import Kernel
import SQLite
import WriteKit

/// Every grant of a user for an entity.
struct AccessExplanation: Sendable, Equatable {
    /// In the order of the hierarchy. Empty for a suspended user, who keeps their grants.
    var paths: [AccessPath] = []
    /// Why there are none, where that does not follow from the grants.
    var reason: AccessReason?
}

extension EntitiesUseCases {
    /// Every grant of the user, in the order of the hierarchy. Publishers can ask about other
    /// users, platform admins with the scope about everybody and every entity. For other callers
    /// without access the entity does not exist.
    func explainAccess(
        to entityId: String, of userId: String?, by caller: Caller
    ) async throws -> AccessExplanation {
        guard IDMinter.isWellFormed(entityId, prefix: "ent_") else { throw Fault.notFound }
        let asked = userId ?? caller.userId
        let isOwn = asked == caller.userId
        let checksEverybody = EntityPolicy.checksEverybody(caller)
        // One call, for the caller's own access and for the user in question.
        let remote = await result {
            try await remoteGrants(
                to: entityId, of: isOwn || checksEverybody ? [asked] : [caller.userId, asked])
        }
        let (local, isSuspended) = try database.read { reader in
            if checksEverybody {
                guard try EntityStore.exists(entityId, in: reader) else { throw Fault.notFound }
            } else {
                let own = AccessQuery(entityId: entityId, userId: caller.userId)
                let isKnown = try GrantStore.step(of: own, in: reader) != nil
                let step = try isKnown ? nil : remote.get().paths[0].first?.via
                _ = try Self.admit(
                    caller, to: isOwn ? .see : .seeOthersAccess, on: entityId, step, in: reader)
            }
            let query = AccessQuery(entityId: entityId, userId: asked)
            return (
                try Self.localPaths(query, in: reader),
                try SuspendedUsers.contains(asked, in: reader)
            )
        }
        guard !isSuspended else { return AccessExplanation(reason: .userSuspended) }
        // Access is certain; other grants can't be determined while another service is down.
        if !local.isEmpty, case .failure = remote { return AccessExplanation(paths: local) }
        let paths = try local + (remote.get().paths.last ?? [])
        // A public store is open to every user, but to nobody else.
        if !isOwn, paths.allSatisfy({ $0.via == .publicStore }),
            try await existing([asked]).isEmpty
        {
            return AccessExplanation()
        }
        return AccessExplanation(paths: paths)
    }

    private func result<T>(_ query: () async throws -> T) async -> Result<T, any Error> {
        do {
            return .success(try await query())
        } catch {
            return .failure(error)
        }
    }

    /// None for a user who is being deleted, whose rows may still exist.
    static func localPaths(
        _ query: AccessQuery, in db: some Queryable
    ) throws -> [AccessPath] {
        guard try GrantStore.step(of: query, in: db) != nil else { return [] }
        let publisher = try PublisherStore.find(query.userId, of: query.entityId, in: db)
        let share = try ShareStore.find(with: query, in: db)
        return [publisher.map(AccessPath.publisher), share.map(AccessPath.share)].compactMap(\.self)
    }
}
