import Contract
import GatewayClient
import Kernel

/// A share as lists show it.
struct ShareWithUser: Sendable, Equatable {
    let share: Share
    /// The recipient.
    let user: UserProfile
    /// Only in the lists of one user's shares.
    let entity: Entity?
}

extension EntitiesUseCases {
    func withUsers(_ page: Page<ShareStore.WithEntity>) async throws -> Page<ShareWithUser> {
        let profiles = try await directory.profiles(of: page.items.map(\.share.userId))
        return page.map { item in
            let userId = item.share.userId
            return ShareWithUser(
                share: item.share, user: profiles[userId] ?? .unknown(userId), entity: item.entity)
        }
    }
}
