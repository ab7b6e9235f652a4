import Journal
import Kernel
import SQLite

extension IntegrationsUseCases {
    /// Its shares go with it.
    /// - Parameter expecting: nil if the caller demands nothing.
    func deleteIntegration(
        _ reference: String, by caller: Caller, expecting: Expectation<ListedIntegration>? = nil
    ) async throws {
        try await naming(reference, for: .delete, by: caller) { [self] names in
            change(.delete, on: reference, by: caller) { [audit] tx, integration, _ in
                try names.check(integration)
                try expecting?(integration.listed(names))
                for share in try ShareStore.all(of: integration.id, in: tx) {
                    try audit.record(.removed(share), by: caller, in: tx)
                }
                try IntegrationStore.delete(integration.id, in: tx)
                try audit.record(.deleted(integration), by: caller, in: tx)
            }
        }
    }
}
