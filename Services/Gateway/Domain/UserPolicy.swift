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

    /// Some scopes are for the tokens of platform admins alone.
    static func requireUsable(_ scopes: [String], by user: User) throws(Fault) {
        guard user.role != .admin else { return }
        let wrong = scopes.enumerated().filter { Caller.adminScopes.contains($1) }
        guard wrong.isEmpty else {
            throw .invalid(
                wrong.map {
                    Fault.Field(
                        "/scopes/\($0.offset)",
                        "must not be \($0.element), which only platform "
                            + "admins' tokens can have")
                })
        }
    }

    /// Their rate protects the platform from tokens, so it isn't the tokens' users who set it.
    static func requireRateLimit(_ limit: Int?, by caller: Caller) throws(Fault) {
        if limit != nil { try requireAdmin(caller) }
    }

    /// The token that acts has the rights of everyone it can act for, so never those of an admin.
    static func isActable(_ user: User) -> Bool { user.role == .member && !user.isSuspended }

    static func requireSuspendable(_ userId: String, by caller: Caller) throws(Fault) {
        guard userId != caller.userId else { throw Fault(GatewayProblems.cannotSuspendSelf) }
    }

    /// What SCIM manages, people change in the identity provider: it would undo what they do here.
    static func requireChangeable(_ former: User, to user: User) throws(Fault) {
        guard former.managedBy != nil, user.managedBy != nil else { return }
        guard former.email == user.email, former.displayName == user.displayName,
            former.externalId == user.externalId, former.isSuspended == user.isSuspended
        else { throw Fault(ProblemType.managedBySCIM) }
    }

    /// A provider's token is for provisioning: with a platform admin's mailbox it could become one.
    static func requireProvisionable(_ former: User, to user: User?) throws(Fault) {
        guard former.role == .admin, user?.email != former.email else { return }
        throw Fault(
            GatewayProblems.adminProtected)
    }

    /// Taking back access of any user, and looking at how far that is.
    static func requireAccessRevocation(_ caller: Caller) throws(Fault) {
        try requireAdmin(caller)
        try caller.require(scopes: ["access:revoke"])
    }

    static func requireOffboardable(_ userId: String, by caller: Caller) throws(Fault) {
        guard userId != caller.userId else { throw Fault(GatewayProblems.cannotOffboardSelf) }
    }

    static func requireDeletable(_ userId: String, by caller: Caller) throws(Fault) {
        guard userId != caller.userId else { throw Fault(GatewayProblems.cannotDeleteSelf) }
    }
}
