import GatewayContract
import Kernel
import SQLite
import WriteKit

extension Users {
    func delete(_ id: String, by caller: Caller) -> PendingWrite<User, Void> {
        let event = UserDeleted(userId: id, by: caller)
        return write(
            by: caller, committed: tokens.invalidate, admit: admission(of: caller, to: id)
        ) { [self] tx, user in
            try UserPolicy.requireDeletable(id, by: caller)
            guard try UserStore.hasAdmin(besides: id, in: tx) else {
                throw Fault(GatewayProblems.lastAdmin)
            }
            for session in try TokenStore.trimSessions(of: id, to: 0, in: tx) {
                try audit.record(.ended(session), by: caller, in: tx)
            }
            for token in try TokenStore.deleteAll(of: id, in: tx) {
                try audit.record(.revoked(token), by: caller, in: tx)
            }
            try UserStore.delete(id, in: tx)
            try audit.record(.deleted(user), by: caller, in: tx)
            try emit(UserDeleted.type, event, in: tx)
        }
    }
}
