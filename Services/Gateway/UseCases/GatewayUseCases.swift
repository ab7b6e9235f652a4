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
        guard let role = try TokenStore.role(of: caller.tokenId, in: db) else {
            throw Fault.invalidToken
        }
        if caller.isAdmin, role != .admin { throw Fault(GatewayProblems.adminRequired) }
    }
}
