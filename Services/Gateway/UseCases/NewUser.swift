import GatewayContract
import Kernel
import SQLite

/// Creates a user of whom only the e-mail address is known, named after it.
enum NewUser {
    /// - Parameter email: not yet another user's.
    static func make(
        email: String, role: Role, ids: IDMinter, in tx: Transaction
    ) throws -> User {
        let base = UsernameRule.base(email: email)
        let username = try UsernameRule.free(base) {
            try UserStore.id(username: $0, in: tx) != nil
        }
        let user = User(
            id: ids.make("usr_"), email: email, username: username, displayName: base,
            role: role, createdAt: tx.now)
        try UserStore.insert(user, in: tx)
        return user
    }
}
