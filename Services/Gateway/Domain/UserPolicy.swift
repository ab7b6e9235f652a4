import GatewayContract
import Kernel

/// The rules of users and tokens. Pure.
enum UserPolicy {
    static func requireAdmin(_ caller: Caller) throws(Fault) {
        guard caller.isAdmin else { throw Fault(GatewayProblems.adminRequired) }
    }

    /// Of the audit of everything; that of one thing is up to its context.
    static func requireAuditAccess(_ caller: Caller) throws(Fault) {
        guard caller.isAdmin else {
            throw Fault(
                GatewayProblems.adminRequired,
                "Only platform admins can see the whole audit; name an entityId to see its own.")
        }
    }

    /// A token can't have a scope that the caller's token lacks.
    static func requireGrantable(_ scopes: [String], by caller: Caller) throws(Fault) {
        let missing = scopes.filter { !caller.has(scope: $0) }
        guard missing.isEmpty else { throw .insufficientScope(missing) }
    }

    /// A user's tokens are part of the account, and whoever has one acts as that user: those of
    /// others require the scope for accounts, not just the one for tokens.
    static func requireTokenAccess(of userId: String, by caller: Caller) throws(Fault) {
        guard userId != caller.userId else { return }
        try requireAdmin(caller)
        try caller.require(scopes: ["users:admin"])
    }

    static func requireDeletable(_ userId: String, by caller: Caller) throws(Fault) {
        guard userId != caller.userId else { throw Fault(GatewayProblems.cannotDeleteSelf) }
    }
}
