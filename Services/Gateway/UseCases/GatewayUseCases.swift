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
        guard let user = try TokenStore.user(of: caller.tokenId, in: db) else {
            throw Fault.invalidToken
        }
        guard !user.isSuspended else { throw Fault(ProblemType.userSuspended) }
        if caller.isAdmin, user.role != .admin { throw Fault(GatewayProblems.adminRequired) }
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
