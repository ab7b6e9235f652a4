import Contract
import GatewayContract
import Kernel
import SCIM
import SQLite
import WriteKit

/// What an identity provider does with users, by SCIM. Whom it creates or changes it manages from
/// then on.
struct ProvisionUsers: GatewayUseCases {
    let users: Users
    /// The URL of `/scim/v2`.
    let root: String

    var database: Database { users.database }
    var ids: IDMinter { users.ids }
    var listeners: [String] { users.listeners }

    func get(_ id: String, by caller: Caller) throws -> SCIMUser {
        try UserPolicy.requireAdmin(caller)
        return try database.read { try Self.find(id, in: $0) }
    }

    private static func find(_ id: String, in db: any Queryable) throws -> SCIMUser {
        guard let user = try SCIMUserStore.find(id, in: db) else { throw Fault.notFound }
        return user
    }

    /// - Parameter version: that the change is meant for; nil for any.
    private func admission(
        of caller: Caller, to id: String, _ version: String?
    ) -> Admission<SCIMUser> {
        { [root] db in
            try UserPolicy.requireAdmin(caller)
            let user = try Self.find(id, in: db)
            if let version {
                try SCIMVersion.require(version, is: user.resource(below: root).version)
            }
            return user
        }
    }

    func create(_ body: SCIMValue, by caller: Caller) throws -> PendingWrite<Void, SCIMUser> {
        try UserPolicy.requireAdmin(caller)
        let draft = try SCIMUserDraft(try SCIMSchema.user.read(body))
        let id = ids.make("usr_")
        return write(by: caller) { [self] tx in
            try requireFree(draft, for: id, in: tx)
            let base = UsernameRule.base(email: draft.profile.userName)
            let username = try UsernameRule.free(base) {
                try UserStore.id(username: $0, in: tx) != nil
            }
            let new = User(
                id: id, email: draft.email, username: username, displayName: draft.displayName,
                externalId: draft.externalId, role: .member, createdAt: tx.now, managedBy: .scim)
            try unique { try Users.checkFree(new, tx) }
            try UserStore.insert(new, in: tx)
            let user = draft.applied(to: new, of: nil, at: tx.now)
            let made = SCIMUser(user: user, updatedAt: tx.now, profile: draft.profile)
            try SCIMUserStore.save(made, in: tx)
            try audit.record(.created(new, draft.profile), by: caller, in: tx)
            if user != new { try users.save(user, new, by: caller, in: tx) }
            return made
        }
    }

    /// PUT.
    func replace(
        _ id: String, by body: SCIMValue, _ caller: Caller, version: String? = nil
    ) throws -> PendingWrite<SCIMUser, SCIMUser> {
        let draft = try SCIMUserDraft(try SCIMSchema.user.read(body))
        return change(id, by: caller, version) { _ in draft }
    }

    /// PATCH.
    func patch(
        _ id: String, _ body: SCIMValue, by caller: Caller, version: String? = nil
    ) throws -> PendingWrite<SCIMUser, SCIMUser> {
        let patch = try SCIMPatch(body)
        return change(id, by: caller, version) { [root] former throws(Fault) in
            let resource = try patch.applied(to: former.resource(below: root), .user)
            return try SCIMUserDraft(
                try SCIMSchema.user.read(.object(resource)),
                activeIsRemoved: resource["active"] == nil)
        }
    }

    private func change(
        _ id: String, by caller: Caller, _ version: String?,
        to draft: @escaping @Sendable (SCIMUser) throws(Fault) -> SCIMUserDraft
    ) -> PendingWrite<SCIMUser, SCIMUser> {
        write(
            by: caller, committed: users.tokens.invalidate,
            admit: admission(of: caller, to: id, version)
        ) { [self] tx, former in
            let draft = try draft(former)
            let user = draft.applied(to: former.user, of: former, at: tx.now)
            var changed = SCIMUser(
                user: user, updatedAt: former.updatedAt, profile: draft.profile)
            guard changed != former else { return former }
            try UserPolicy.requireProvisionable(former.user, to: user)
            try requireFree(draft, for: id, in: tx)
            try unique { try Users.check(user, insteadOf: former.user, by: caller, in: tx) }
            try users.save(user, former.user, profile: draft.profile, by: caller, in: tx)
            changed.updatedAt = max(tx.now, former.updatedAt)
            return changed
        }
    }

    /// As `DELETE /api/users/{id}`.
    func delete(
        _ id: String, by caller: Caller, version: String? = nil
    ) -> PendingWrite<SCIMUser, Void> {
        write(
            by: caller, committed: users.tokens.invalidate,
            admit: admission(of: caller, to: id, version)
        ) { [self] tx, user in
            try UserPolicy.requireProvisionable(user.user, to: nil)
            try users.remove(user.user, by: caller, in: tx)
        }
    }

    // MARK: Uniqueness

    private func requireFree(
        _ draft: SCIMUserDraft, for id: String, in tx: Transaction
    ) throws {
        let others = try SCIMUserStore.find(userName: draft.profile.userName, in: tx)
        guard others.allSatisfy({ $0.user.id == id }) else {
            throw Fault.scim(.uniqueness, "Another user has this userName.")
        }
    }

    /// What is taken is named as SCIM names it.
    private func unique(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let fault as Fault
            where [
                GatewayProblems.emailTaken, GatewayProblems.usernameTaken, .externalIdTaken,
            ].contains(where: { $0.code == fault.code })
        {
            throw fault.scim(.uniqueness)
        }
    }
}
