import GatewayContract
import Kernel
import SQLite
import WriteKit

/// API tokens: made, listed, revoked by their users.
struct Tokens: Sendable {
    /// Enough for everyone who names his tokens; a bound on what one user can fill the table with.
    static let maximumPerUser = 1_000
    static let maximumScopes = Scopes.maximum

    let database: Database
    let ids: IDMinter
    let random: any RandomSource
    let lookup: TokenLookup

    private var audit: AuditLog { AuditLog(ids: ids) }

    /// - Returns: the token and its secret, which is nowhere else.
    func create(
        _ body: NewTokenBody, by caller: Caller
    ) throws -> PendingWrite<Void, (token: Token, secret: String)> {
        let request = try checked(body, caller)
        let admit: @Sendable (any Queryable) throws -> Void = { db in
            try UserPolicy.mayGrant(request.scopes, caller)
            try UserPolicy.mayManageTokens(of: request.userId, caller)
            try CurrentCaller.check(caller, in: db)
        }
        let secret = APIToken.make(prefix: APIToken.keyPrefix, random: random)
        let id = ids.make("tok_")
        return PendingWrite(in: database, admit: admit) { [audit] tx, _ in
            guard try UserStore.find(request.userId, in: tx) != nil else {
                throw Fault.invalid("/userId", "must be the id of a user")
            }
            if let expiresAt = request.expiresAt, expiresAt <= tx.now {
                throw Fault.invalid("/expiresAt", "must be in the future")
            }
            let held = try TokenStore.list(of: request.userId, PageRequest(size: 1), in: tx).total
            guard held < Self.maximumPerUser else {
                throw Fault(
                    .conflict, code: "too_many_tokens",
                    "A user can have at most \(Self.maximumPerUser) tokens.")
            }
            let token = Token(
                id: id, userId: request.userId, name: request.name,
                prefix: String(secret.prefix(12)), scopes: request.scopes,
                readOnly: request.readOnly, createdAt: tx.now, expiresAt: request.expiresAt,
                lastUsedAt: nil)
            try TokenStore.insert(token, digest: SHA256.hash(Array(secret.utf8)), in: tx)
            try audit.record(.created(token), by: caller, in: tx)
            return (token, secret)
        }
    }

    func list(_ page: PageRequest, of caller: Caller) throws -> Page<Token> {
        try database.read { try TokenStore.list(of: caller.userId, page, in: $0) }
    }

    /// From the moment it is committed the token is refused everywhere in this process.
    func revoke(_ id: String, by caller: Caller) -> PendingWrite<Token, Void> {
        let admit: @Sendable (any Queryable) throws -> Token = { db in
            try CurrentCaller.check(caller, in: db)
            guard let token = try TokenStore.find(id, of: caller.userId, in: db) else {
                throw Fault.notFound
            }
            return token
        }
        return PendingWrite(in: database, committed: lookup.invalidate, admit: admit) {
            [audit] tx, token in
            try TokenStore.delete(id, in: tx)
            try audit.record(.revoked(token), by: caller, in: tx)
        }
    }

    private struct Request: Sendable {
        let name: String
        let scopes: [String]
        let readOnly: Bool
        let expiresAt: Timestamp?
        let userId: String
    }

    private func checked(_ body: NewTokenBody, _ caller: Caller) throws(Fault) -> Request {
        var validation = Validation()
        let name = validation.check(try Text.name(body.name, pointer: "/name")) ?? ""
        // Bounds what an answer to nonsense can weigh.
        if body.scopes.count > Self.maximumScopes {
            validation.reject("/scopes", "must have at most \(Self.maximumScopes) items")
        }
        for (index, scope) in body.scopes.prefix(Self.maximumScopes).enumerated()
        where !Scopes.known.contains(scope) {
            validation.reject("/scopes/\(index)", "is no scope")
        }
        try validation.finish()
        var scopes: [String] = []
        for scope in body.scopes where !scopes.contains(scope) { scopes.append(scope) }
        return Request(
            name: name, scopes: scopes, readOnly: body.readOnly ?? false,
            expiresAt: body.expiresAt, userId: body.userId ?? caller.userId)
    }
}
