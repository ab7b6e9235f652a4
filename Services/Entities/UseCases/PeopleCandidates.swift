import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    /// Some ids of users who may have access.
    struct Candidates: Sendable, Equatable {
        /// The first ones, in order.
        let first: [String]
        /// Whether there are no more.
        let areAll: Bool
    }

    /// The first users after an id, at most `limit`, who have access to an entity other than by a
    /// public store.
    ///
    /// Each place that grants access gives its first ids, from an index, one more than wanted. So
    /// none of the first in all of them together is missing. This context and invitations are asked
    /// twice, before and after organizations: a user whose grant in one place is replaced by one in
    /// another meanwhile is found in one of the two.
    /// - Parameter via: only users with a grant of this step.
    func candidates(
        for entityId: String, _ via: AccessStep?, after userId: String, limit: Int
    ) async throws -> Candidates {
        let range = PeopleRange(entityId: entityId, after: userId, limit: limit + 1)
        return try await Self.orAccessUnknown {
            var ids = try await grantees(range, via)
            if via == nil || via == .organizationStore {
                ids.formUnion(try await organizations.members(range))
            }
            if via == nil { ids.formUnion(try await grantees(range, via)) }
            return Candidates(first: Array(ids.sorted().prefix(limit)), areAll: ids.count <= limit)
        }
    }

    /// Users with grants of this context and of invitations.
    private func grantees(_ range: PeopleRange, _ via: AccessStep?) async throws -> Set<String> {
        var ids: Set<String> = []
        if via == nil || via == .collaborator {
            ids.formUnion(try await collaborators.people(range))
        }
        try database.read { reader in
            if via == nil || via == .publisher {
                ids.formUnion(try PublisherStore.userIds(range, in: reader))
            }
            if via == nil || via == .directShare {
                ids.formUnion(try ShareStore.userIds(range, in: reader))
            }
        }
        return ids
    }
}

/// The first users after an id with a grant for an entity.
public struct PeopleRange: Sendable, Equatable {
    public let entityId: String
    public let after: String
    public let limit: Int
}
