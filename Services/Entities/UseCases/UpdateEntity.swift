import Journal
import Kernel
import SQLite

extension EntitiesUseCases {
    func updateEntity(
        _ entityId: String, _ wanted: EntityChange, by caller: Caller,
        expecting: @escaping Expectation<AccessibleEntity> = { _ in }
    ) async throws -> Change<Entity> {
        try await change(.update, on: entityId, by: caller, expecting: expecting) {
            [audit] tx, entity in
            let changed = wanted.applied(to: entity, at: tx.now)
            if changed.slug != entity.slug, try EntityStore.isSlugTaken(changed.slug, in: tx) {
                throw Slug.taken
            }
            if changed != entity {
                try EntityStore.update(changed, in: tx)
                if let event = AuditEvent.updated(entity, changed) {
                    try audit.record(event, by: caller, in: tx)
                }
            }
            return changed
        }
    }
}
