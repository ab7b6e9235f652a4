import Contract
import GatewayContract
import Kernel
import SQLite
import WriteKit

/// What platform admins do with users. Rules that depend on data are decided inside the write,
/// which whoever answers commits.
struct Users: Sendable {
    let database: Database
    let ids: IDMinter
    let tokens: TokenLookup
    /// The services that hear of deleted users.
    let listeners: [String]

    private var audit: AuditLog { AuditLog(ids: ids) }

    func create(_ body: NewUserBody, by caller: Caller) throws -> PendingWrite<Void, User> {
        try UserPolicy.mustBeAdmin(caller)
        let fields = try Fields(body)
        let id = ids.make("usr_")
        let admit: @Sendable (any Queryable) throws -> Void = {
            try CurrentCaller.checkAdmin(caller, in: $0)
        }
        return PendingWrite(in: database, admit: admit) { [audit] tx, _ in
            try Self.checkFree(fields.email, fields.username, except: nil, tx)
            let user = User(
                id: id, email: fields.email, username: fields.username,
                displayName: fields.displayName, role: body.role ?? .member, createdAt: tx.now)
            try UserStore.insert(user, in: tx)
            try audit.record(.created(user), by: caller, in: tx)
            return user
        }
    }

    func find(_ id: String, by caller: Caller) throws -> User {
        try UserPolicy.mustBeAdmin(caller)
        guard let user = try database.read({ try UserStore.find(id, in: $0) }) else {
            throw Fault.notFound
        }
        return user
    }

    func list(_ search: String?, _ page: PageRequest, by caller: Caller) throws -> Page<User> {
        try UserPolicy.mustBeAdmin(caller)
        let search = try Text.search(search, max: Text.maximumEmail)
        return try database.read { try UserStore.list(search, page, in: $0) }
    }

    func update(
        _ id: String, _ body: UserPatchBody, by caller: Caller
    ) throws -> PendingWrite<User, User> {
        try UserPolicy.mustBeAdmin(caller)
        let fields = try PatchFields(body)
        let role = try body.role.required("/role")
        return PendingWrite(
            in: database, committed: tokens.invalidate, admit: admission(of: caller, to: id)
        ) { [audit] tx, former in
            var user = former
            user.email = fields.email ?? user.email
            user.username = fields.username ?? user.username
            user.displayName = fields.displayName ?? user.displayName
            try Self.checkFree(user.email, user.username, except: id, tx)
            if let role, role != user.role {
                user.role = role
                let keepsAdmin = try role == .admin || UserStore.hasAdmin(besides: id, in: tx)
                guard keepsAdmin else { throw UserPolicy.lastAdmin }
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

    func delete(_ id: String, by caller: Caller) -> PendingWrite<User, Void> {
        let eventId = ids.make("evt_")
        let fact = UserDeleted(userId: id, by: caller)
        let listeners = listeners
        return PendingWrite(
            in: database, committed: tokens.invalidate, admit: admission(of: caller, to: id)
        ) { [audit] tx, user in
            try UserPolicy.mayDelete(id, caller)
            guard try UserStore.hasAdmin(besides: id, in: tx) else { throw UserPolicy.lastAdmin }
            for session in try TokenStore.trimSessions(of: id, to: 0, in: tx) {
                try audit.record(.ended(session), by: caller, in: tx)
            }
            for token in try TokenStore.deleteAll(of: id, in: tx) {
                try audit.record(.revoked(token), by: caller, in: tx)
            }
            try UserStore.delete(id, in: tx)
            try audit.record(.deleted(user), by: caller, in: tx)
            try OutboxStore.add(UserDeleted.type, fact, id: eventId, for: listeners, in: tx)
        }
    }

    /// Of platform admins, to a user who exists.
    private func admission(
        of caller: Caller, to id: String
    ) -> @Sendable (any Queryable) throws -> User {
        { db in
            try CurrentCaller.checkAdmin(caller, in: db)
            guard let user = try UserStore.find(id, in: db) else { throw Fault.notFound }
            return user
        }
    }

    private static func checkFree(
        _ email: String, _ username: String, except id: String?, _ tx: Transaction
    ) throws {
        if let other = try UserStore.id(email: email, in: tx), other != id {
            throw Fault(.conflict, code: "email_taken", "Another user has this e-mail address.")
        }
        if let other = try UserStore.id(username: username, in: tx), other != id {
            throw Fault(.conflict, code: "username_taken", "Another user has this username.")
        }
    }
}

/// The fields of a new user, checked together.
private struct Fields {
    let email: String
    let username: String
    let displayName: String

    init(_ body: NewUserBody) throws(Fault) {
        let fields = try PatchFields(
            email: body.email, username: body.username, displayName: body.displayName)
        email = fields.email ?? ""
        username = fields.username ?? ""
        displayName = fields.displayName ?? ""
    }
}

private struct PatchFields: Sendable {
    private(set) var email: String?
    private(set) var username: String?
    private(set) var displayName: String?

    init(_ body: UserPatchBody) throws(Fault) {
        try self.init(
            email: try body.email.required("/email"),
            username: try body.username.required("/username"),
            displayName: try body.displayName.required("/displayName"))
    }

    init(email: String?, username: String?, displayName: String?) throws(Fault) {
        var validation = Validation()
        if let email {
            self.email = validation.check(try Text.email(email, pointer: "/email"))
        }
        if let username {
            self.username = validation.check(try Text.username(username, pointer: "/username"))
        }
        if let displayName {
            self.displayName = validation.check(
                try Text.name(displayName, pointer: "/displayName"))
        }
        try validation.finish()
    }
}
