import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    func updateIntegration(
        _ reference: String, _ update: IntegrationUpdate, by caller: Caller
    ) -> PendingWrite<IntegrationWithOwner, IntegrationWithOwner> {
        write(.update, of: reference, by: caller, needsName: true) {
            [audit] tx, integration, names in
            let changed = update.applied(to: integration, at: tx.now)
            if changed.slug != integration.slug,
                try IntegrationStore.isSlugTaken(changed.slug, in: tx)
            {
                throw Fault(.slugTaken)
            }
            try IntegrationStore.externalIds.check(
                changed.externalId, insteadOf: integration.externalId, by: caller, in: tx)
            if changed != integration {
                try IntegrationStore.update(changed, in: tx)
                let audience = try changed.owner.audience(in: tx)
                try audit.record(
                    .updated(integration, changed, for: audience), by: caller, in: tx)
            }
            return try changed.shown(names)
        }
    }
}
