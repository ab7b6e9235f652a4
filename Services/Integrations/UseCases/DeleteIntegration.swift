import Journal
import Kernel
import SQLite

extension IntegrationsUseCases {
    /// Its shares go with it.
    /// - Parameter expecting: nil if the caller demands nothing; then nobody is asked for names.
    func deleteIntegration(
        _ reference: String, by caller: Caller, expecting: Expectation<ListedIntegration>? = nil
    ) async throws {
        guard let expecting else {
            return try await change(.delete, on: reference, by: caller) {
                [self] tx, integration, _ in try drop(integration, by: caller, in: tx)
            }.commit()
        }
        try await naming(reference, for: .delete, by: caller) { [self] names in
            change(.delete, on: reference, by: caller) { [self] tx, integration, _ in
                try names.check(integration)
                try expecting(integration.listed(names))
                try drop(integration, by: caller, in: tx)
            }
        }
    }

    private func drop(
        _ integration: Integration, by caller: Caller, in tx: Transaction
    ) throws {
        for share in try ShareStore.all(of: integration.id, in: tx) {
            try audit.record(.removed(share), by: caller, in: tx)
        }
        try IntegrationStore.delete(integration.id, in: tx)
        try audit.record(.deleted(integration), by: caller, in: tx)
    }
}
