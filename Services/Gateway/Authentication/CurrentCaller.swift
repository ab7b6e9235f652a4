import GatewayContract
import Kernel
import SQLite

/// The caller as he is inside a transaction. Between his admission and the write his token may
/// have been revoked, or he may have ceased to be an admin: of two admins who delete each other at
/// once, one is none any more.
enum CurrentCaller {
    static func check(_ caller: Caller, in db: some Queryable) throws {
        guard let role = try TokenStore.role(of: caller.tokenId, in: db) else {
            throw Fault.invalidToken
        }
        if caller.isAdmin, role != .admin { throw UserPolicy.adminRequired }
    }

    /// The same of a platform admin.
    static func checkAdmin(_ caller: Caller, in db: some Queryable) throws {
        try UserPolicy.mustBeAdmin(caller)
        try check(caller, in: db)
    }
}
