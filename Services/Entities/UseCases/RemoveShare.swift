import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// This context alone decides who can see or revoke a share, so no other service is queried.
    func removeShare(
        _ shareId: String, of entityId: String, by caller: Caller
    ) -> PendingWrite<Share, Void> {
        let admit: Admission<Share> = { db in
            guard let share = try ShareStore.find(shareId, of: entityId, in: db) else {
                throw Fault.notFound
            }
            let isPublisher = try PublisherStore.contains(caller.userId, of: entityId, in: db)
            try EntityPolicy.authorizeRemoval(
                of: share, by: caller.userId, isPublisher: isPublisher)
            return share
        }
        return write(by: caller, admit: admit) { [audit] tx, share in
            try ShareStore.delete(share.id, in: tx)
            let audience = try EntityStore.audience(of: entityId, in: tx)
            try audit.record(.removed(share, for: audience), by: caller, in: tx)
        }
    }
}
