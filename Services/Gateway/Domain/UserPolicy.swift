import GatewayContract
import Kernel

/// Who may do what with users and tokens. Pure.
enum UserPolicy {
    /// Users are administered by platform admins.
    static func mustBeAdmin(_ caller: Caller) throws(Fault) {
        guard caller.isAdmin else { throw adminRequired }
    }

    /// Whatever no single thing's keepers may read.
    static func mayReadAudit(_ caller: Caller) throws(Fault) {
        guard caller.isAdmin else {
            throw Fault(
                .forbidden, code: "admin_required",
                "Only platform admins see the whole audit; name an entityId to see its own.")
        }
    }

    static let adminRequired = Fault(
        .forbidden, code: "admin_required", "Only platform admins may do this.")

    /// Nobody gives a token more than his own has.
    static func mayGrant(_ scopes: [String], _ caller: Caller) throws(Fault) {
        let missing = scopes.filter { !caller.has(scope: $0) }
        guard missing.isEmpty else { throw .insufficientScope(missing) }
    }

    /// Tokens of others are part of their accounts, and who has one acts as them: that takes the
    /// scope for accounts, not just the one for tokens.
    static func mayManageTokens(of userId: String, _ caller: Caller) throws(Fault) {
        guard userId != caller.userId else { return }
        try mustBeAdmin(caller)
        try caller.require(scopes: [manageUsers])
    }

    private static let manageUsers = "users:admin"

    static func mayDelete(_ userId: String, _ caller: Caller) throws(Fault) {
        guard userId != caller.userId else {
            throw Fault(.conflict, code: "cannot_delete_self", "You can't delete yourself.")
        }
    }

    static let lastAdmin = Fault(
        .conflict, code: "last_admin", "The platform must keep at least one admin.")
}
