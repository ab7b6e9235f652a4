import GatewayContract
import Kernel

/// Who may do what with users and tokens. Pure.
enum UserPolicy {
    /// Users are administered by platform admins.
    static func mustBeAdmin(_ caller: Caller) throws(Fault) {
        guard caller.isAdmin else { throw adminRequired }
    }

    static let adminRequired = Fault(
        .forbidden, code: "admin_required", "Only platform admins may do this.")

    /// Nobody gives a token more than his own has.
    static func mayGrant(_ scopes: [String], _ caller: Caller) throws(Fault) {
        let missing = scopes.filter { !caller.has(scope: $0) }
        guard missing.isEmpty else { throw .insufficientScope(missing) }
    }

    static func mayDelete(_ userId: String, _ caller: Caller) throws(Fault) {
        guard userId != caller.userId else {
            throw Fault(.conflict, code: "cannot_delete_self", "You can't delete yourself.")
        }
    }

    static let lastAdmin = Fault(
        .conflict, code: "last_admin", "The platform must keep at least one admin.")
}

/// A username made from an e-mail address, and its alternatives where it is taken.
enum UsernameRule {
    /// Lower-case `[a-z0-9][a-z0-9._-]*`, at most 32 characters, which leaves room for a number.
    static func base(email: String) -> String {
        let local = email.prefix { $0 != "@" }.lowercased()
        let allowed = local.utf8.filter {
            (48...57).contains($0) || (97...122).contains($0) || "._-".utf8.contains($0)
        }
        let name = allowed.drop { "._-".utf8.contains($0) }.prefix(32)
        return name.isEmpty ? "user" : String(decoding: name, as: UTF8.self)
    }

    /// `base`, or the first of `base2`, `base3` … that is not taken.
    static func free<Failure>(
        _ base: String, isTaken: (String) throws(Failure) -> Bool
    ) throws(Failure) -> String {
        var name = base
        var number = 2
        while try isTaken(name) {
            name = "\(base)\(number)"
            number += 1
        }
        return name
    }
}
