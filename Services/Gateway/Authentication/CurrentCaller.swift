import GatewayContract
import Kernel
import SQLite

/// Checks the caller again inside a transaction. Since admission the token may have been revoked,
/// or the caller may no longer be an admin: of two admins who delete each other at once, one fails.
enum CurrentCaller {
    static func check(_ caller: Caller, in db: some Queryable) throws {
        guard let role = try TokenStore.role(of: caller.tokenId, in: db) else {
            throw Fault.invalidToken
        }
        if caller.isAdmin, role != .admin { throw Fault(GatewayProblems.adminRequired) }
    }

    /// The same for a platform admin.
    static func checkAdmin(_ caller: Caller, in db: some Queryable) throws {
        try UserPolicy.requireAdmin(caller)
        try check(caller, in: db)
    }
}
