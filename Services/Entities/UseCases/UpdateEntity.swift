import Kernel
import SQLite

extension EntitiesUseCases {
    func updateEntity(
        _ entityId: String, _ change: EntityChange, by caller: Caller
    ) async throws -> Entity {
        try await write(.update, on: entityId, by: caller) { tx, entity in
            let changed = change.applied(to: entity, at: tx.now)
            if changed.slug != entity.slug, try EntityStore.isSlugTaken(changed.slug, in: tx) {
                throw Slug.taken
            }
            if changed != entity { try EntityStore.update(changed, in: tx) }
            return changed
        }
    }
}
