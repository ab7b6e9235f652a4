import GatewayContract
import Kernel
import SQLite
import WriteKit

extension Users {
    func create(_ body: NewUserBody, by caller: Caller) throws -> PendingWrite<Void, User> {
        try UserPolicy.requireAdmin(caller)
        var validation = Validation()
        let email = validation.check(try Text.email(body.email, pointer: "/email"))
        let username = validation.check(try Text.username(body.username, pointer: "/username"))
        let displayName = validation.check(
            try Text.name(body.displayName, pointer: "/displayName"))
        let externalId = validation.check(
            try ExternalID.checkIfPresent(body.externalId, pointer: "/externalId"))
        let locale = validation.check(try Text.localeIfPresent(body.locale, pointer: "/locale"))
        try validation.finish()
        guard let email, let username, let displayName, let externalId, let locale else {
            throw Fault.unexpected("a field is missing")
        }
        let id = ids.make("usr_")
        return write(by: caller) { [audit] tx in
            let user = User(
                id: id, email: email, username: username, displayName: displayName,
                externalId: externalId, role: body.role ?? .member, createdAt: tx.now,
                locale: locale)
            try Self.checkFree(user, tx)
            try UserStore.insert(user, in: tx)
            try audit.record(.created(user), by: caller, in: tx)
            return user
        }
    }
}
