import Contract
import GatewayClient
import Kernel
import SQLite

extension EntitiesUseCases {
    /// Publishers see all shares; others those that they gave or received.
    func listShares(
        of entityId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ShareWithUser> {
        let shares = try await read(.see, on: entityId, by: caller) { reader, _, standing in
            try ShareStore.page(
                of: entityId, givenOrGotBy: standing.isPublisher ? nil : caller.userId, page,
                in: reader)
        }
        let profiles = try await directory.profiles(of: shares.items.map(\.userId))
        return shares.map { share in
            ShareWithUser(
                share: share, user: profiles[share.userId] ?? .unknown(share.userId), entity: nil)
        }
    }
}
