import GatewayContract
import Kernel
import SQLite
import WriteKit

/// Creates the configured platform admin if there is no admin yet. A user who already has the
/// address, having signed up before, becomes the admin.
enum FirstAdmin {
    /// - Returns: whether there was none before.
    static func create(
        email: String, token: String, in database: Database, ids: IDMinter
    ) async throws -> Bool {
        try await database.write { tx in
            guard try !UserStore.hasAdmin(besides: "", in: tx) else { return false }
            let audit = AuditLog(ids: ids)
            let user = try user(email, ids, audit, in: tx)
            let admin = Token(
                id: ids.make("tok_"), userId: user.id, name: "first admin",
                prefix: String(token.prefix(12)), scopes: [Scopes.all], readOnly: false,
                createdAt: tx.now, expiresAt: nil, lastUsedAt: nil)
            try TokenStore.insert(admin, digest: SHA256.hash(Array(token.utf8)), in: tx)
            try audit.record(.created(admin), by: nil, in: tx)
            return true
        }
    }

    private static func user(
        _ email: String, _ ids: IDMinter, _ audit: AuditLog, in tx: Transaction
    ) throws -> User {
        if let former = try UserStore.find(email: email, in: tx) {
            var user = former
            user.role = .admin
            try UserStore.update(user, in: tx)
            if let event = try AuditEvent.updated(former, user) {
                try audit.record(event, by: nil, in: tx)
            }
            return user
        }
        let user = try NewUser.make(email: email, role: .admin, ids: ids, in: tx)
        try audit.record(.created(user), by: nil, in: tx)
        return user
    }
}
