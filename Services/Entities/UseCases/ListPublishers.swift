import Contract
import Kernel

/// A publisher as lists show him.
struct ListedPublisher: Sendable, Equatable {
    let publisher: Publisher
    let user: Person
    let isOwner: Bool
}

extension EntitiesUseCases {
    func listPublishers(
        of entityId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ListedPublisher> {
        let (publishers, ownerId) = try await read(.see, on: entityId, by: caller) {
            reader, found, _ in
            (try PublisherStore.page(of: entityId, page, in: reader), found.entity.ownerId)
        }
        let persons = try await persons(publishers.items.map(\.userId))
        return publishers.map { publisher in
            ListedPublisher(
                publisher: publisher,
                user: persons[publisher.userId] ?? .unknown(publisher.userId),
                isOwner: publisher.userId == ownerId)
        }
    }
}
