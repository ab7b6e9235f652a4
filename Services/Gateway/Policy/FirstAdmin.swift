import GatewayContract
import Journal
import Kernel
import SQLite

/// The first platform admin, made from the configuration when there is no user yet.
enum FirstAdmin {
    /// - Returns: whether he was created now.
    static func create(
        email: String, token: String, in database: Database, ids: IDMinter
    ) async throws -> Bool {
        try await database.write { tx in
            guard try !UserStore.hasUsers(in: tx) else { return false }
            let username = UsernameRule.base(email: email)
            let user = User(
                id: ids.make("usr"), email: email, username: username, displayName: username,
                role: .admin, createdAt: tx.now)
            try UserStore.insert(user, in: tx)
            let audit = AuditLog(ids: ids)
            try audit.record(.created(user), by: nil, in: tx)
            let admin = Token(
                id: ids.make("tok"), userId: user.id, name: "first admin",
                prefix: String(token.prefix(12)), scopes: [Scopes.all], readOnly: false,
                createdAt: tx.now, expiresAt: nil, lastUsedAt: nil)
            try TokenStore.insert(admin, digest: SHA256.hash(Array(token.utf8)), in: tx)
            try audit.record(.created(admin), by: nil, in: tx)
            return true
        }
    }
}
