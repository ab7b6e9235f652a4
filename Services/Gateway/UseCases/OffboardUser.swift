import Contract
import GatewayContract
import Kernel
import SQLite
import WriteKit

extension Users {
    /// Has all services take back what the user was given. The account stays.
    func offboard(_ id: String, by caller: Caller) -> PendingWrite<User, Operation> {
        let find = admission(of: caller, to: id)
        let admit: Admission<User> = { db in
            try UserPolicy.requireAccessRevocation(caller)
            return try find(db)
        }
        return write(by: caller, admit: admit) { [self] tx, user in
            try UserPolicy.requireOffboardable(id, by: caller)
            let operation = Operation(id: ids.make("opr_"), userId: id, startedAt: tx.now)
            try OperationStore.insert(operation, in: tx)
            try audit.record(.offboarded(user, operation), by: caller, in: tx)
            let event = UserOffboarded(
                operationId: operation.id, userId: id, email: user.email,
                actor: EventActor(caller))
            try emit(UserOffboarded.type, event, in: tx)
            return operation
        }
    }
}
