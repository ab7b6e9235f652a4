import Kernel
import OrganizationsContract
import SQLite

/// For other services: why users have access through stores.
extension OrganizationsUseCases {
    /// Runs off the loop: an entity can be in many stores.
    func storeGrants(_ query: StoreGrantsQuery) async throws -> StoreGrantsReply {
        guard query.userIds.count <= StoreGrantsQuery.maximum else {
            throw Fault.invalid(
                "/userIds", "must have at most \(StoreGrantsQuery.maximum) users")
        }
        return try await database.readAside { reader in
            let users = try query.userIds.map { userId in
                try StoreGrantStore.publications(
                    of: query.entityId, for: userId, limit: StoreGrantsReply.maximum, in: reader)
            }
            let publicOnes = try StoreGrantStore.publicOnes(
                of: query.entityId, limit: StoreGrantsReply.maximum, in: reader)
            return StoreGrantsReply(
                users: users.map { $0.map { StoreGrantsReply.Publication($0) } },
                publicOnes: publicOnes.map { StoreGrantsReply.Publication($0) })
        }
    }

    /// Runs off the loop, too.
    func storePeople(_ query: StorePeopleQuery) async throws -> StorePeopleReply {
        guard (0...StorePeopleQuery.maximum).contains(query.limit) else {
            throw Fault.invalid("/limit", "must be at most \(StorePeopleQuery.maximum)")
        }
        return StorePeopleReply(
            userIds: try await database.readAside { reader in
                try StoreGrantStore.members(
                    ofStoresWith: query.entityId, after: query.after, limit: query.limit,
                    in: reader)
            })
    }
}

extension StoreGrantsReply.Publication {
    fileprivate init(_ grant: PublicationGrant) {
        self.init(
            id: grant.id, organizationId: grant.organizationId, publishedBy: grant.publishedBy,
            publishedAt: grant.publishedAt)
    }
}
