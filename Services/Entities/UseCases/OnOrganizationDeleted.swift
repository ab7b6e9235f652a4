import Contract
import Kernel
import OrganizationsContract
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// An organization was deleted: its entities become personal.
    func onOrganizationDeleted(
        _ event: OrganizationDeleted, in tx: Transaction
    ) throws {
        try Tombstone.organization.insert(event.organizationId, in: tx)
        try jobs.begin(.releaseEntities(event), in: tx)
    }

    func makeSomePersonal(
        _ event: OrganizationDeleted, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        let actor = event.actor.caller
        let entities = try EntityStore.some(
            of: event.organizationId, limit: budget.left, in: tx)
        for entity in entities {
            var personal = entity
            personal.organizationId = nil
            personal.touch(tx.now)
            try EntityStore.update(personal, in: tx)
            if let entry = AuditEvent.updated(entity, personal) {
                try audit.record(entry, by: actor, in: tx)
            }
        }
        budget.spend(entities.count)
        return !budget.isSpent
    }
}
