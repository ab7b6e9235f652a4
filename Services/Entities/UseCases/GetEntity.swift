import Kernel

extension EntitiesUseCases {
    func getEntity(_ entityId: String, by caller: Caller) async throws -> AccessibleEntity {
        try await read(.see, on: entityId, by: caller) { _, entity, standing in
            // Admitted, so there is a step.
            guard let via = standing.step else { throw Fault.notFound }
            return AccessibleEntity(entity: entity, via: via)
        }
    }
}
