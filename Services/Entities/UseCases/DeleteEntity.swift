import Kernel

extension EntitiesUseCases {
    /// Takes versions, publishers, shares and installations along.
    func deleteEntity(_ entityId: String, by caller: Caller) async throws {
        try await write(.delete, on: entityId, by: caller) { tx, entity in
            try EntityStore.delete(entity.id, in: tx)
            // Store publications and invitations belong to other contexts: the outbox row that
            // tells them is to be written here, in the same transaction.
        }
    }
}
