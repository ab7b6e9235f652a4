import Kernel

extension EntitiesUseCases {
    func listVersions(
        of entityId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<Version> {
        try await read(.see, on: entityId, by: caller) { reader, _, _ in
            try VersionStore.page(of: entityId, page, in: reader)
        }
    }
}
