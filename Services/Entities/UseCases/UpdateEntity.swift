import EntitiesContract
import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    func updateEntity(
        _ entityId: String, _ update: EntityUpdate, by caller: Caller
    ) async throws -> PendingWrite<AccessibleEntity, Entity> {
        try await change(.update, on: entityId, by: caller) { [self] tx, found in
            let entity = found.entity
            let changed = update.applied(to: entity, at: tx.now)
            if changed.slug != entity.slug, try EntityStore.isSlugTaken(changed.slug, in: tx) {
                throw Fault(.slugTaken)
            }
            try EntityStore.externalIds.check(
                changed.externalId, insteadOf: entity.externalId, by: caller, in: tx)
            guard changed != entity else { return entity }
            try EntityStore.update(changed, in: tx)
            if let entry = AuditEvent.updated(entity, changed) {
                try audit.record(entry, by: caller, in: tx)
            }
            if changed.name != entity.name {
                let event = EntityRenamed(
                    entityId: entity.id, name: changed.name, updatedAt: changed.updatedAt)
                try emit(EntityRenamed.type, event, in: tx)
            }
            return changed
        }
    }
}
