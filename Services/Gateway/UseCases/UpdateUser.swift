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
        ) { [audit] tx, former in
            let user = update.applied(to: former)
            try Self.checkFree(user, tx)
            if former.role == .admin, user.role != .admin {
                guard try UserStore.hasAdmin(besides: id, in: tx) else {
                    throw Fault(GatewayProblems.lastAdmin)
                }
            }
            if user != former {
                try UserStore.update(user, in: tx)
                if let event = AuditEvent.updated(former, user) {
                    try audit.record(event, by: caller, in: tx)
                }
            }
            return user
        }
    }
}

/// The validated body of `PATCH /api/users/{id}`.
private struct UserUpdate: Sendable {
    private(set) var email: String?
    private(set) var username: String?
    private(set) var displayName: String?
    private(set) var externalId: String??
    let role: Role?

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
        try validation.finish()
        role = try body.role.required("/role")
    }

    func applied(to former: User) -> User {
        var user = former
        user.email = email ?? user.email
        user.username = username ?? user.username
        user.displayName = displayName ?? user.displayName
        user.externalId = externalId ?? user.externalId
        user.role = role ?? user.role
        return user
    }
}
