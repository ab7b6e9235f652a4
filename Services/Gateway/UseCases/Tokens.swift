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

    func list(_ page: PageRequest, of caller: Caller) throws -> Page<Token> {
        try database.read { try TokenStore.page(of: caller.userId, page, in: $0) }
    }

    /// Once it is committed, every loop of this process refuses the token.
    func revoke(_ id: String, by caller: Caller) -> PendingWrite<Token, Void> {
        let admit: Admission<Token> = { db in
            guard let token = try TokenStore.find(id, of: caller.userId, in: db) else {
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
