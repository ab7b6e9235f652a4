import Contract
import Journal
import Kernel
import Outbox
import SQLite

extension IntegrationsUseCases {
    /// Its shares go with it. It is gone at once; where they are many, their rows go in the
    /// background.
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
        change(.delete, on: reference, by: caller) { [self] tx, integration, _ in
            try expecting(integration)
            let job = IntegrationsJob.deleteIntegration(
                integrationId: integration.id, actor: EventActor(caller))
            if try !jobs.begin(job, in: tx) { try IntegrationStore.hide(integration.id, in: tx) }
            try audit.record(.deleted(integration), by: caller, in: tx)
        }
    }

    /// The integration's own row goes last: the others refer to it.
    func deleteSome(
        ofIntegration id: String, by caller: Caller, _ budget: inout RowBudget,
        in tx: Transaction
    ) throws -> Bool {
        for share in try ShareStore.some(of: id, limit: budget.left, in: tx) {
            try ShareStore.delete(share, in: tx)
            try audit.record(.removed(share), by: caller, in: tx)
            budget.spend(1)
        }
        guard !budget.isSpent else { return false }
        try IntegrationStore.delete(id, in: tx)
        return true
    }
}
