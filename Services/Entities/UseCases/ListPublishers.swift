import Contract
import GatewayClient
import Kernel

/// A publisher as lists show them.
struct PublisherWithUser: Sendable, Equatable {
    let publisher: Publisher
    let user: UserProfile
    let isOwner: Bool
}

extension EntitiesUseCases {
    func listPublishers(
        of entityId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<PublisherWithUser> {
        let (publishers, ownerId) = try await read(.see, on: entityId, by: caller) {
            reader, found, _ in
            (try PublisherStore.page(of: entityId, page, in: reader), found.entity.ownerId)
        }
        let profiles = try await directory.profiles(of: publishers.items.map(\.userId))
        return publishers.map { publisher in
            PublisherWithUser(
                publisher: publisher,
                user: profiles[publisher.userId] ?? .unknown(publisher.userId),
                isOwner: publisher.userId == ownerId)
        }
    }
}
