import GatewayContract
import Kernel
import SQLite
import WriteKit

/// What the gateway's use cases have in common. Their callers are checked against the gateway's own
/// tables.
protocol GatewayUseCases: UseCases {}

extension GatewayUseCases {
    /// Since the request began, the token may have been revoked, or the caller may no longer be an
    /// admin: of two admins who delete each other at once, one fails.
    static func check(_ caller: Caller, in db: any Queryable) throws {
        // Who sits at the machine has no token that could have been revoked.
        if caller.isOperator { return }
        guard let user = try user(of: caller, in: db) else {
            throw Fault.invalidToken
        }
        guard !user.isSuspended else { throw Fault(ProblemType.userSuspended) }
        if caller.isAdmin, user.role != .admin { throw Fault(GatewayProblems.adminRequired) }
    }

    /// The user whose token it is. JWTs have no row, and can't be revoked.
    private static func user(of caller: Caller, in db: any Queryable) throws -> User? {
        guard caller.tokenId.hasPrefix(VerifiedJWT.idPrefix) else {
            return try TokenStore.user(of: caller.tokenId, in: db)
        }
        return try UserStore.find(caller.isActedFor ? caller.actingId : caller.userId, in: db)
    }

    /// Admits users to what belongs to their own account, and platform admins to everyone's.
    static func requireAccount(
        _ userId: String, by caller: Caller, in db: any Queryable
    ) throws {
        guard userId != caller.userId else { return }
        try UserPolicy.requireAdmin(caller)
        guard try UserStore.find(userId, in: db) != nil else { throw Fault.notFound }
    }
}
