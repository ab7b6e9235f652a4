import GatewayContract
import Kernel
import SQLite
import WriteKit

/// Sessions of users. Once an end is committed, every loop of this process refuses the session.
struct Sessions: GatewayUseCases {
    let database: Database
    let ids: IDMinter
    let lookup: TokenLookup

    /// - Parameter userId: whose; others' are for platform admins.
    func list(
        of userId: String, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Token> {
        try database.read { db in
            try Self.requireAccount(userId, by: caller, in: db)
            return try TokenStore.sessions(of: userId, page, at: lookup.clock.now(), in: db)
        }
    }

    func end(
        _ id: String, of userId: String, by caller: Caller
    ) -> PendingWrite<Token, Void> {
        let admit: Admission<Token> = { db in
            try Self.requireAccount(userId, by: caller, in: db)
            guard let session = try TokenStore.findSession(id, of: userId, in: db) else {
                throw Fault.notFound
            }
            return session
        }
        return write(by: caller, committed: lookup.invalidate, admit: admit) {
            [audit] tx, session in
            try TokenStore.delete(id, in: tx)
            try audit.record(.ended(session), by: caller, in: tx)
        }
    }

    /// Ends all of them but the caller's own.
    func endAll(of userId: String, by caller: Caller) -> PendingWrite<Void, Void> {
        let admit: Admission<Void> = { try Self.requireAccount(userId, by: caller, in: $0) }
        return write(by: caller, committed: lookup.invalidate, admit: admit) { [audit] tx, _ in
            let ended = try TokenStore.endSessions(of: userId, except: caller.tokenId, in: tx)
            for session in ended { try audit.record(.ended(session), by: caller, in: tx) }
        }
    }
}
