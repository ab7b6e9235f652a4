import Kernel

extension IntegrationsUseCases {
    func getOwner(of reference: String, by caller: Caller) async throws -> NamedPrincipal {
        try await getIntegration(reference, by: caller).owner
    }
}
