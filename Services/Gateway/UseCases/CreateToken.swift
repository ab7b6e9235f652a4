import GatewayContract
import Kernel
import SQLite
import WriteKit

extension Tokens {
    /// Bounds the rows of one user.
    static let maximumPerUser = 1_000

    /// - Returns: the token and its secret, which isn't stored.
    func create(
        _ body: NewTokenBody, by caller: Caller
    ) throws -> PendingWrite<Void, (token: Token, secret: String)> {
        let draft = try TokenDraft(body, by: caller)
        let admit: Admission<Void> = { _ in
            try UserPolicy.requireGrantable(draft.scopes, by: caller)
            try UserPolicy.requireTokenAccess(of: draft.userId, by: caller)
            try UserPolicy.requireRateLimit(draft.rateLimit, by: caller)
        }
        let secret = APIToken.make(prefix: APIToken.keyPrefix, random: random)
        let id = ids.make("tok_")
        return write(by: caller, admit: admit) { [audit] tx, _ in
            guard let user = try UserStore.find(draft.userId, in: tx) else {
                throw Fault.invalid("/userId", "must be the id of a user")
            }
            try UserPolicy.requireUsable(draft.scopes, by: user)
            if let expiresAt = draft.expiresAt, expiresAt <= tx.now {
                throw Fault.invalid("/expiresAt", "must be in the future")
            }
            let count = try TokenStore.page(of: draft.userId, PageRequest(size: 1), in: tx).total
            guard count < Self.maximumPerUser else { throw Fault(GatewayProblems.tooManyTokens) }
            let token = Token(
                id: id, userId: draft.userId, name: draft.name,
                prefix: String(secret.prefix(12)), scopes: draft.scopes, readOnly: draft.readOnly,
                createdAt: tx.now, expiresAt: draft.expiresAt, lastUsedAt: nil,
                rateLimit: draft.rateLimit)
            try TokenStore.insert(token, digest: SHA256.hash(Array(secret.utf8)), in: tx)
            try audit.record(.created(token), by: caller, in: tx)
            return (token, secret)
        }
    }
}

/// The validated body of `POST /api/tokens`.
private struct TokenDraft: Sendable {
    let name: String
    let scopes: [String]
    let readOnly: Bool
    let expiresAt: Timestamp?
    let userId: String
    let rateLimit: Int?

    init(_ body: NewTokenBody, by caller: Caller) throws(Fault) {
        var validation = Validation()
        name = validation.check(try Text.name(body.name, pointer: "/name")) ?? ""
        // Also bounds the size of the response.
        if body.scopes.count > Scopes.maximum {
            validation.reject("/scopes", "must have at most \(Scopes.maximum) items")
        }
        for (index, scope) in body.scopes.prefix(Scopes.maximum).enumerated()
        where !Scopes.known.contains(scope) {
            validation.reject(
                "/scopes/\(index)", "is not a known scope; it must be one such as entities:write")
        }
        if let limit = body.rateLimit, !TokenLimits.rate.contains(limit) {
            validation.reject(
                "/rateLimit",
                "must be a whole number from \(TokenLimits.rate.lowerBound) to "
                    + "\(TokenLimits.rate.upperBound)")
        }
        try validation.finish()
        var scopes: [String] = []
        for scope in body.scopes where !scopes.contains(scope) { scopes.append(scope) }
        self.scopes = scopes
        readOnly = body.readOnly ?? false
        expiresAt = body.expiresAt
        userId = body.userId ?? caller.userId
        rateLimit = body.rateLimit
    }
}
