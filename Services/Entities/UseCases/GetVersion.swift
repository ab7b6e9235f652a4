import Kernel

extension EntitiesUseCases {
    /// The version with exactly this text, build metadata included.
    func getVersion(
        _ version: String, of entityId: String, by caller: Caller
    ) async throws -> Version {
        try await read(.see, on: entityId, by: caller) { reader, _, _ in
            guard let number = SemanticVersion(version),
                let found = try VersionStore.find(number.precedence, of: entityId, in: reader),
                found.version == version
            else { throw Fault.notFound }
            return found
        }
    }
}
