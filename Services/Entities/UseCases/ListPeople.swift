import Contract
import EntitiesContract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// A user who has access to an entity.
struct PersonWithAccess: Sendable, Equatable {
    let user: UserProfile
    /// Not empty.
    let paths: [AccessPath]

    /// The first step that grants access.
    var via: AccessStep { paths.first?.via ?? .publicStore }
}

struct PeoplePage: Sendable, Equatable {
    let people: [PersonWithAccess]
    /// nil: this is the last page.
    let next: PeopleCursor?
    /// A public store opens the entity.
    let isOpenToEveryone: Bool
}

extension EntitiesUseCases {
    /// Ids that one search of a page goes through at once, and how often.
    private static let searched = (ids: 999, rounds: 10)

    /// The users who have access to an entity, by id. Publishers can ask, and platform admins with
    /// the scope.
    ///
    /// First the ids come, from every place that grants access (`candidates`), then their names,
    /// which a search is compared with, then an explanation of the access of those that are left.
    /// So the work of a request is bounded, and a page can have fewer items than it could.
    func listPeople(
        of entityId: String, _ filter: PeopleFilter, after cursor: PeopleCursor, _ size: Int,
        by caller: Caller
    ) async throws -> PeoplePage {
        try await admitToPeople(of: entityId, caller)
        var found: [UserProfile] = []
        var next: PeopleCursor? = cursor
        var rounds = 0
        while let start = next, found.count < size, rounds < Self.searched.rounds {
            rounds += filter.search == nil ? Self.searched.rounds : 1
            let ids = try await candidates(
                for: entityId, filter.via, after: start.after,
                limit: filter.search == nil ? size : Self.searched.ids)
            let users = try await named(ids.first, matching: filter.search)
            let taken = users.prefix(size - found.count)
            found += taken
            // The rest of what this round found comes on the next page.
            next =
                taken.count < users.count
                ? taken.last.map { PeopleCursor(after: $0.id) }
                : ids.areAll ? nil : ids.first.last.map { PeopleCursor(after: $0) }
        }
        let (people, isOpen) = try await explained(found, to: entityId, filter.via)
        return PeoplePage(people: people, next: next, isOpenToEveryone: isOpen)
    }

    private func admitToPeople(of entityId: String, _ caller: Caller) async throws {
        guard EntityPolicy.checksEverybody(caller) else {
            return try await read(.seeOthersAccess, on: entityId, by: caller) { _, _, _ in }
        }
        guard try database.read({ try EntityStore.exists(entityId, in: $0) }) else {
            throw Fault.notFound
        }
    }

    /// Those of `ids` that exist, are not suspended and match the search, in the same order.
    private func named(
        _ ids: [String], matching search: String?
    ) async throws -> [UserProfile] {
        let suspended = try database.read { try SuspendedUsers.among(ids, in: $0) }
        let left = ids.filter { !suspended.contains($0) }
        let profiles =
            if let search {
                try await directory.profiles(ids: left, matching: search)
            } else {
                try await directory.profiles(of: left)
            }
        return left.compactMap { profiles[$0] }
    }

    /// Every grant of the users who still have one, besides public stores.
    private func explained(
        _ users: [UserProfile], to entityId: String, _ via: AccessStep?
    ) async throws -> ([PersonWithAccess], isOpen: Bool) {
        var (paths, isOpen) = try await paths(of: users.map(\.id), to: entityId)
        // Whose grant was replaced by another in between has the other one now.
        let others = users.map(\.id).filter { paths[$0] == nil }
        if !others.isEmpty {
            let again = try await self.paths(of: others, to: entityId)
            paths.merge(again.paths) { $1 }
            isOpen = again.isOpen
        }
        let people = users.compactMap { user -> PersonWithAccess? in
            guard let paths = paths[user.id], paths.contains(where: { $0.via == via ?? $0.via })
            else { return nil }
            return PersonWithAccess(user: user, paths: paths)
        }
        return (people, isOpen)
    }

    private func paths(
        of userIds: [String], to entityId: String
    ) async throws -> (paths: [String: [AccessPath]], isOpen: Bool) {
        let remote = try await remoteGrants(to: entityId, of: userIds)
        let local = try database.read { reader in
            try userIds.map {
                try Self.localPaths(AccessQuery(entityId: entityId, userId: $0), in: reader)
            }
        }
        let all = zip(local, remote.paths).map { $0 + $1 }
        let personal = zip(userIds, all).filter { $1.contains { $0.via != .publicStore } }
        return (
            Dictionary(personal, uniquingKeysWith: { first, _ in first }), remote.isOpenToEveryone
        )
    }
}
