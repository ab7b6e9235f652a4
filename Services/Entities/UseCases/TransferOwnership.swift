import Journal
import Kernel

extension EntitiesUseCases {
    /// The new owner becomes a publisher, if he is none; the former one stays a publisher.
    func transferOwnership(
        of entityId: String, to userId: String, by caller: Caller,
        expecting: @escaping Expectation<AccessibleEntity> = { _ in }
    ) async throws -> Change<Entity> {
        try await read(.transferOwnership, on: entityId, by: caller) { _, _, _ in }
        _ = try await namedPerson(userId, by: caller)
        return try await change(
            .transferOwnership, on: entityId, by: caller, expecting: expecting
        ) { [self] tx, entity in
            try Self.mustExist(userId, in: tx)
            guard userId != entity.ownerId else { return entity }
            if try PublisherStore.find(userId, of: entityId, in: tx) == nil {
                try quotas.publishers.check(for: entityId, in: tx)
            }
            return try handOver(entity, to: userId, by: caller, in: tx)
        }
    }
}
