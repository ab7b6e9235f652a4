import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// Possible without access too: users can always delete their own installation.
    func uninstall(_ entityId: String, by caller: Caller) -> PendingWrite<Installation, Void> {
        let query = AccessQuery(entityId: entityId, userId: caller.userId)
        let admit: Admission<Installation> = { db in
            guard let found = try InstallationStore.find(query, in: db) else {
                throw Fault.notFound
            }
            return found
        }
        return write(by: caller, admit: admit) { tx, _ in
            _ = try InstallationStore.delete(query, in: tx)
        }
    }
}
