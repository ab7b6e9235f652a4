import Journal
import Kernel
import SQLite

extension EntitiesUseCases {
    /// Who may see or remove a share is known here alone, so nobody else is asked.
    func removeShare(_ shareId: String, of entityId: String, by caller: Caller) -> Change<Void> {
        change(by: caller) { [audit] tx in
            guard let share = try ShareStore.find(shareId, of: entityId, in: tx) else {
                throw Fault.notFound
            }
            let isPublisher = try PublisherStore.contains(caller.userId, of: entityId, in: tx)
            try EntityPolicy.authorizeRemoval(
                of: share, by: caller.userId, isPublisher: isPublisher)
            try ShareStore.delete(share.id, in: tx)
            try audit.record(.removed(share), by: caller, in: tx)
        }
    }
}
