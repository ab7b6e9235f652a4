import Contract
import EntitiesContract
import Journal
import Kernel

extension EntitiesUseCases {
    /// Takes versions, publishers, shares and installations along.
    func deleteEntity(
        _ entityId: String, by caller: Caller,
        expecting: @escaping Expectation<AccessibleEntity> = { _ in }
    ) async throws -> Change<Void> {
        try await change(.delete, on: entityId, by: caller, expecting: expecting) {
            [self] tx, entity in
            for share in try ShareStore.deleteAll(of: entity.id, in: tx) {
                try audit.record(.removed(share), by: caller, in: tx)
            }
            for publisher in try PublisherStore.deleteAll(from: entity.id, in: tx) {
                try audit.record(.removed(publisher), by: caller, in: tx)
            }
            try EntityStore.delete(entity.id, in: tx)
            try audit.record(.deleted(entity), by: caller, in: tx)
            // Store publications and the like belong to other contexts.
            let fact = EntityDeleted(entityId: entity.id, actor: EventActor(caller))
            try tell(EntityDeleted.type, fact, in: tx)
        }
    }
}
