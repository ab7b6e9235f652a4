import Contract
import Kernel
import SQLite

/// A share as lists show it.
struct ShareWithUser: Sendable, Equatable {
    let share: Share
    /// With whom.
    let user: UserProfile
    /// In the lists of one user's shares.
    let entity: Entity?
}

extension EntitiesUseCases {
    /// Publishers see all; others the shares that they gave or got.
    func listShares(
        of entityId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ShareWithUser> {
        let shares = try await read(.see, on: entityId, by: caller) { reader, _, standing in
            try ShareStore.page(
                of: entityId, givenOrGotBy: standing.isPublisher ? nil : caller.userId, page,
                in: reader)
        }
        let profiles = try await profiles(shares.items.map(\.userId))
        return shares.map { share in
            ShareWithUser(
                share: share, user: profiles[share.userId] ?? .unknown(share.userId), entity: nil)
        }
    }

    /// What others have shared with the caller.
    func listSharesReceived(
        type: EntityType?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ShareWithUser> {
        try await withPersons(
            try database.read { reader in
                try ShareStore.received(by: caller.userId, type: type, page, in: reader)
            })
    }

    /// What the caller has shared with others.
    func listSharesGiven(
        type: EntityType?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ShareWithUser> {
        try await withPersons(
            try database.read { reader in
                try ShareStore.given(by: caller.userId, type: type, page, in: reader)
            })
    }

    private func withPersons(
        _ page: Page<ShareStore.WithEntity>
    ) async throws -> Page<ShareWithUser> {
        let profiles = try await profiles(page.items.map(\.share.userId))
        return page.map { item in
            let userId = item.share.userId
            return ShareWithUser(
                share: item.share, user: profiles[userId] ?? .unknown(userId), entity: item.entity)
        }
    }
}
