import Contract
import GatewayContract
import Kernel
import SQLite
import WriteKit

extension Users {
    func update(
        _ id: String, _ body: UserPatchBody, by caller: Caller
    ) throws -> PendingWrite<User, User> {
        try UserPolicy.requireAdmin(caller)
        let update = try UserUpdate(body)
        return write(
            by: caller, committed: tokens.invalidate, admit: admission(of: caller, to: id)
        ) { [self] tx, former in
            let user = update.applied(to: former, at: tx.now)
            try UserPolicy.requireChangeable(former, to: user)
            try Self.check(user, insteadOf: former, by: caller, in: tx)
            if user != former { try save(user, former, by: caller, in: tx) }
            return user
        }
    }

    /// Changes what users choose for themselves.
    func updateOwn(
        _ body: MePatchBody, by caller: Caller
    ) throws -> PendingWrite<User, User> {
        var validation = Validation()
        let locale = validation.check(try body.locale.locale("/locale")) ?? .none
        let emailNotifications =
            validation.check(try body.emailNotifications.required("/emailNotifications")) ?? nil
        try validation.finish()
        return write(by: caller, admit: Self.admissionToOwn(caller)) { [self] tx, former in
            var user = former
            user.locale = locale ?? former.locale
            user.emailNotifications = emailNotifications ?? former.emailNotifications
            if user != former { try save(user, former, by: caller, in: tx) }
            return user
        }
    }

    /// Admits users to their own account.
    private static func admissionToOwn(_ caller: Caller) -> Admission<User> {
        { db in
            // The user was deleted a moment ago, and the token with them.
            guard let user = try UserStore.find(caller.userId, in: db) else {
                throw Fault.invalidToken
            }
            return user
        }
    }

    /// Requires that nothing is taken, and that the platform keeps an admin.
    static func check(
        _ user: User, insteadOf former: User, by caller: Caller, in tx: Transaction
    ) throws {
        try checkFree(user, tx)
        if user.isSuspended { try UserPolicy.requireSuspendable(user.id, by: caller) }
        if former.isActiveAdmin, !user.isActiveAdmin {
            guard try UserStore.hasAdmin(besides: user.id, in: tx) else {
                throw Fault(GatewayProblems.lastAdmin)
            }
        }
    }

    /// With its audit entries, and what a suspension ends.
    /// - Parameter profile: what SCIM has of the user now, if that changes.
    func save(
        _ user: User, _ former: User, profile: SCIMUser.Profile? = nil, by caller: Caller,
        in tx: Transaction
    ) throws {
        let known =
            former.managedBy == nil ? nil : try SCIMUserStore.find(user.id, in: tx)?.profile
        let profile = user.managedBy == nil ? nil : profile ?? known
        try UserStore.update(user, in: tx)
        if profile != known {
            let changed = SCIMUser(user: user, updatedAt: tx.now, profile: profile)
            try SCIMUserStore.save(changed, in: tx)
        }
        if let event = try AuditEvent.updated(former, user, known, profile) {
            try audit.record(event, by: caller, in: tx)
        }
        guard let event = AuditEvent.suspensionChanged(former, user) else { return }
        try audit.record(event, by: caller, in: tx)
        // Tokens work again when the suspension ends; sessions begin anew.
        for session in try TokenStore.endSessions(of: user.id, except: "", in: tx) {
            try audit.record(.ended(session), by: caller, in: tx)
        }
        try emit(
            UserSuspensionChanged.type,
            UserSuspensionChanged(userId: user.id, isSuspended: user.isSuspended), in: tx)
    }
}

extension User {
    fileprivate var isActiveAdmin: Bool { role == .admin && !isSuspended }
}

/// The validated body of `PATCH /api/users/{id}`.
private struct UserUpdate: Sendable {
    private(set) var email: String?
    private(set) var username: String?
    private(set) var displayName: String?
    private(set) var externalId: String??
    private(set) var locale: String??
    private(set) var emailNotifications: Bool?
    let role: Role?
    let isSuspended: Bool?
    /// Whether SCIM no longer manages the user.
    let isReleased: Bool

    init(_ body: UserPatchBody) throws(Fault) {
        var validation = Validation()
        if let email = try body.email.required("/email") {
            self.email = validation.check(try Text.email(email, pointer: "/email"))
        }
        if let username = try body.username.required("/username") {
            self.username = validation.check(try Text.username(username, pointer: "/username"))
        }
        if let displayName = try body.displayName.required("/displayName") {
            self.displayName = validation.check(
                try Text.name(displayName, pointer: "/displayName"))
        }
        externalId = validation.check(try body.externalId.externalId("/externalId")) ?? .none
        locale = validation.check(try body.locale.locale("/locale")) ?? .none
        emailNotifications =
            validation.check(try body.emailNotifications.required("/emailNotifications")) ?? nil
        try validation.finish()
        role = try body.role.required("/role")
        isSuspended = try body.suspended.required("/suspended")
        if case .null = body.managedBy { isReleased = true } else { isReleased = false }
    }

    func applied(to former: User, at now: Timestamp) -> User {
        var user = former
        user.email = email ?? user.email
        user.username = username ?? user.username
        user.displayName = displayName ?? user.displayName
        user.externalId = externalId ?? user.externalId
        user.locale = locale ?? user.locale
        user.emailNotifications = emailNotifications ?? user.emailNotifications
        user.role = role ?? user.role
        if isReleased { user.managedBy = nil }
        if let isSuspended, isSuspended != user.isSuspended {
            user.suspendedAt = isSuspended ? now : nil
        }
        return user
    }
}
