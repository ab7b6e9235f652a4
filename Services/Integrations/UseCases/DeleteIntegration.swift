import Journal
import Kernel
import SQLite

extension IntegrationsUseCases {
    /// Its shares go with it.
    /// - Parameter expecting: nil if the caller demands nothing: then nobody is asked for names.
    func deleteIntegration(
        _ reference: String, by caller: Caller, expecting: Expectation<ListedIntegration>? = nil
    ) async throws {
        guard let expecting else {
            return try await deletion(of: reference, by: caller) { _ in }.commit()
        }
        try await naming(reference, for: .delete, by: caller) { [self] names in
            deletion(of: reference, by: caller) { integration in
                try names.check(integration)
                try expecting(integration.listed(names))
            }
        }
    }

    private func deletion(
        of reference: String, by caller: Caller, expecting: @escaping Expectation<Integration>
    ) -> Change<Void> {
        change(.delete, on: reference, by: caller) { [audit] tx, integration, _ in
            try expecting(integration)
            for share in try ShareStore.all(of: integration.id, in: tx) {
                try audit.record(.removed(share), by: caller, in: tx)
            }
            try IntegrationStore.delete(integration.id, in: tx)
            try audit.record(.deleted(integration), by: caller, in: tx)
        }
    }
}
