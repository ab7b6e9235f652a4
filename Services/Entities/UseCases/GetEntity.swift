import Kernel

extension EntitiesUseCases {
    func getEntity(_ entityId: String, by caller: Caller) async throws -> AccessibleEntity {
        try await read(.see, on: entityId, by: caller) { _, found, _ in found }
    }
}
