import Contract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Hides the integration and its shares at once; a job deletes the rows if they are many.
    func deleteIntegration(
        _ reference: String, by caller: Caller
    ) -> PendingWrite<IntegrationWithOwner, Void> {
        write(.delete, of: reference, by: caller, needsName: false) {
            [self] tx, integration, _ in
            let audience = try integration.owner.audience(in: tx)
            let job = IntegrationsJob.deleteIntegration(
                integrationId: integration.id, actor: EventActor(caller),
                audience: audience)
            if try !jobs.begin(job, in: tx) { try IntegrationStore.hide(integration.id, in: tx) }
            try audit.record(.deleted(integration, for: audience), by: caller, in: tx)
        }
    }

    /// Deletes the integration's own row last, because the others refer to it.
    func deleteSome(
        ofIntegration id: String, for audience: EventAudience, by caller: Caller,
        _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        for share in try ShareStore.some(of: id, limit: budget.left, in: tx) {
            try ShareStore.delete(share, in: tx)
            try audit.record(.removed(share, for: audience), by: caller, in: tx)
            budget.spend(1)
        }
        guard !budget.isSpent else { return false }
        try IntegrationStore.delete(id, in: tx)
        return true
    }
}
