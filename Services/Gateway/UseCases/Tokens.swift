import GatewayContract
import Kernel
import SQLite
import WriteKit

/// API tokens of users.
struct Tokens: GatewayUseCases {
    let database: Database
    let ids: IDMinter
    let random: any RandomSource
    let lookup: TokenLookup

    /// - Parameter userId: whose; others' are for platform admins.
    func list(
        of userId: String, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Token> {
        try database.read { db in
            try Self.requireAccount(userId, by: caller, in: db)
            return try TokenStore.page(of: userId, page, in: db)
        }
    }

    /// Revokes the API token, or ends the session, of whoever has its secret. Nothing if there is
    /// none.
    func revoke(secret: String, requestId: String) async throws {
        let digest = SHA256.hash(Array(secret.utf8))
        let isRevoked = try await database.write { [audit] tx in
            guard let grant = try TokenStore.grant(digest: digest, in: tx) else { return false }
            let caller = Caller(
                userId: grant.caller.userId, tokenId: grant.caller.tokenId, requestId: requestId)
            if let session = try TokenStore.deleteSession(caller.tokenId, in: tx) {
                try audit.record(.ended(session), by: caller, in: tx)
            } else if let token = try TokenStore.find(
                caller.tokenId, of: caller.userId, in: tx)
            {
                try TokenStore.delete(token.id, in: tx)
                try audit.record(.revoked(token), by: caller, in: tx)
            }
            return true
        }
        if isRevoked { lookup.invalidate() }
    }

    /// Once it is committed, every loop of this process refuses the token.
    /// - Parameter userId: whose; others' are for platform admins.
    func revoke(
        _ id: String, of userId: String, by caller: Caller
    ) -> PendingWrite<Token, Void> {
        let admit: Admission<Token> = { db in
            try Self.requireAccount(userId, by: caller, in: db)
            guard let token = try TokenStore.find(id, of: userId, in: db) else {
                throw Fault.notFound
            }
            return token
        }
        return write(by: caller, committed: lookup.invalidate, admit: admit) {
            [audit] tx, token in
            try TokenStore.delete(id, in: tx)
            try audit.record(.revoked(token), by: caller, in: tx)
        }
    }
}
