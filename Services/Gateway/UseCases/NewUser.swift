import GatewayContract
import Kernel
import SQLite

/// Creates a user of whom their e-mail address is known, named after it unless more is known.
enum NewUser {
    /// - Parameters:
    ///   - email: not yet another user's.
    ///   - name: that the username is made of, in place of the address.
    static func make(
        email: String, name: String? = nil, displayName: String? = nil,
        externalId: String? = nil, role: Role, ids: IDMinter, in tx: Transaction
    ) throws -> User {
        let base = UsernameRule.base(email: name ?? email)
        let username = try UsernameRule.free(base) {
            try UserStore.id(username: $0, in: tx) != nil
        }
        let user = User(
            id: ids.make("usr_"), email: email, username: username,
            displayName: displayName ?? base, externalId: externalId, role: role,
            createdAt: tx.now)
        try UserStore.insert(user, in: tx)
        return user
    }
}
