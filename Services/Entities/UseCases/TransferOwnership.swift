import Kernel
import WriteKit

extension EntitiesUseCases {
    /// The new owner becomes a publisher; the former owner stays one.
    func transferOwnership(
        of entityId: String, to userId: String, by caller: Caller
    ) async throws -> PendingWrite<AccessibleEntity, Entity> {
        let admit = try await admission(of: caller, to: .transferOwnership, on: entityId)
        return write(
            by: caller, admit: admit,
            asking: { [self] _ in try await namedUser(userId, by: caller) }
        ) { [self] tx, found, _ in
            let entity = found.entity
            try Self.checkExists(userId, in: tx)
            guard userId != entity.ownerId else { return entity }
            try settleOffboarding(of: userId, on: entityId, in: tx)
            if try PublisherStore.find(userId, of: entityId, in: tx) == nil {
                try quotas.publishers.check(for: entityId, in: tx)
            }
            return try setOwner(of: entity, to: userId, by: caller, in: tx)
        }
    }
}
