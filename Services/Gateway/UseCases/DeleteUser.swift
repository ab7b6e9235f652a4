import GatewayContract
import Kernel
import SQLite
import WriteKit

extension Users {
    func delete(_ id: String, by caller: Caller) -> PendingWrite<User, Void> {
        write(
            by: caller, committed: tokens.invalidate, admit: admission(of: caller, to: id)
        ) { [self] tx, user in try remove(user, by: caller, in: tx) }
    }

    /// With everything that is theirs, in all contexts.
    func remove(_ user: User, by caller: Caller, in tx: Transaction) throws {
        try UserPolicy.requireDeletable(user.id, by: caller)
        guard try UserStore.hasAdmin(besides: user.id, in: tx) else {
            throw Fault(GatewayProblems.lastAdmin)
        }
        for session in try TokenStore.trimSessions(of: user.id, to: 0, in: tx) {
            try audit.record(.ended(session), by: caller, in: tx)
        }
        for token in try TokenStore.deleteAll(of: user.id, in: tx) {
            try audit.record(.revoked(token), by: caller, in: tx)
        }
        let profile =
            user.managedBy == nil ? nil : try SCIMUserStore.find(user.id, in: tx)?.profile
        try UserStore.delete(user.id, in: tx)
        try audit.record(.deleted(user, profile), by: caller, in: tx)
        try emit(UserDeleted.type, UserDeleted(userId: user.id, by: caller), in: tx)
    }
}
