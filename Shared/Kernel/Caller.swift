/// The user who makes a request, as authenticated by the gateway. The token's scopes and the
/// user's relations (owner, publisher, member …) must both allow what is requested.
public struct Caller: Sendable, Hashable {
    /// What all requests with a token have in common. An object: callers are copied many times in
    /// a request, and a copy would retain each of its texts.
    private final class Account: Sendable, Hashable {
        let userId: String
        let isAdmin: Bool
        let scopes: [String]
        let readOnly: Bool
        let tokenId: String
        let actingId: String

        init(
            userId: String, isAdmin: Bool, scopes: [String], readOnly: Bool, tokenId: String,
            actingId: String
        ) {
            self.userId = userId
            self.isAdmin = isAdmin
            self.scopes = scopes
            self.readOnly = readOnly
            self.tokenId = tokenId
            self.actingId = actingId
        }

        static func == (a: Account, b: Account) -> Bool {
            a === b
                || a.userId == b.userId && a.isAdmin == b.isAdmin && a.scopes == b.scopes
                    && a.readOnly == b.readOnly && a.tokenId == b.tokenId
                    && a.actingId == b.actingId
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(userId)
            hasher.combine(tokenId)
        }
    }

    private let account: Account
    /// The id of the request, for the audit; empty while there is none.
    public var requestId: String

    /// `usr_…`
    public var userId: String { account.userId }
    /// A platform admin.
    public var isAdmin: Bool { account.isAdmin }
    /// The token's scopes; `*` stands for all.
    public var scopes: [String] { account.scopes }
    /// The token may only read.
    public var readOnly: Bool { account.readOnly }
    /// `tok_…`; empty if there is none.
    public var tokenId: String { account.tokenId }
    /// The platform admin whose token acts for the user; empty if the token is the user's own.
    public var actingId: String { account.actingId }

    public init(
        userId: String, isAdmin: Bool = false, scopes: [String] = ["*"], readOnly: Bool = false,
        tokenId: String = "", actingId: String = "", requestId: String = ""
    ) {
        account = Account(
            userId: userId, isAdmin: isAdmin, scopes: scopes, readOnly: readOnly,
            tokenId: tokenId, actingId: actingId)
        self.requestId = requestId
    }

    /// The operator, who uses the gateway's commands on its machine: no user, and no token.
    public static let `operator` = Caller(userId: operatorId, isAdmin: true)

    /// In the audit, in place of a user's id.
    public static let operatorId = "operator"

    /// Whether it is `Caller.operator`: ids of users are never that.
    public var isOperator: Bool { userId == Self.operatorId }

    /// Whether a platform admin's token acts for the user.
    public var isActedFor: Bool { !actingId.isEmpty }

    /// Whether it is a platform admin's token, used for the admin or to act for a user.
    public var hasAdminToken: Bool { isAdmin || isActedFor }

    /// The same caller, in this request.
    public func asking(in requestId: String) -> Caller {
        var caller = self
        caller.requestId = requestId
        return caller
    }

    /// Scopes that only platform admins' tokens can have. Whether the user is still an admin is
    /// checked at each use, not only when the token is created.
    public static let adminScopes: Set<String> = [
        "access:check", "access:revoke", "users:act_as", "events:read", "scim",
    ]

    /// What a token can't do while it acts for another user: manage accounts. The scopes of
    /// admins it can't use either, as the user it acts for is none.
    private static let notWhileActing: Set<String> = ["tokens:write", "users:admin"]

    /// Whether the token has the scope, by itself or by `*`, and the caller can use it.
    public func has(scope: String) -> Bool {
        guard isAdmin || !Self.adminScopes.contains(scope),
            !isActedFor || !Self.notWhileActing.contains(scope)
        else { return false }
        return scopes.contains { $0 == scope || $0 == "*" }
    }

    /// Requires all of `needed`: 403 `insufficient_scope` names those that are missing.
    public func require(scopes needed: [String]) throws(Fault) {
        let missing = needed.filter { !has(scope: $0) }
        guard missing.isEmpty else { throw .insufficientScope(missing) }
    }
}

extension Fault {
    /// 403 `insufficient_scope`, with the scopes that the token lacks.
    public static func insufficientScope(_ missing: [String]) -> Fault {
        let type = ProblemType.insufficientScope
        return Fault(
            type.kind, code: type.code,
            "The token lacks the scope \(missing.joined(separator: " ")).",
            missingScopes: missing)
    }

    /// 429 for a caller who has used up their unknown names of the day.
    public static func tooManyUnknownUsers(retryAfter seconds: Int) -> Fault {
        Fault(
            ProblemType.tooManyUnknownUsers,
            "You have named too many users who don't exist. You can name users again when the "
                + "time in Retry-After has passed.", retryAfter: seconds)
    }

    /// A request without credentials.
    public static let unauthenticated = Fault(ProblemType.unauthenticated)

    /// Credentials that don't work; why not isn't revealed.
    public static let invalidToken = Fault(ProblemType.invalidToken)
}
