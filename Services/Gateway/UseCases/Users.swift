import GatewayContract
import Kernel
import SQLite
import WriteKit

/// What platform admins do with users, one verb a file. Rules that depend on data are checked
/// inside the write, which the handler commits.
struct Users: GatewayUseCases {
    let database: Database
    let ids: IDMinter
    let tokens: TokenLookup
    /// The services that get `user.deleted`.
    let listeners: [String]

    func get(_ id: String, by caller: Caller) throws -> User {
        try UserPolicy.requireAdmin(caller)
        guard let user = try database.read({ try UserStore.find(id, in: $0) }) else {
            throw Fault.notFound
        }
        return user
    }

    func list(_ search: String?, _ page: PageRequest, by caller: Caller) throws -> Page<User> {
        try UserPolicy.requireAdmin(caller)
        let search = try Text.search(search, max: Text.maximumEmail)
        return try database.read { try UserStore.page(search, page, in: $0) }
    }

    /// Admits platform admins to an existing user.
    func admission(of caller: Caller, to id: String) -> Admission<User> {
        { db in
            try UserPolicy.requireAdmin(caller)
            guard let user = try UserStore.find(id, in: db) else { throw Fault.notFound }
            return user
        }
    }

    static func checkFree(
        _ email: String, _ username: String, except id: String?, _ tx: Transaction
    ) throws {
        if let other = try UserStore.id(email: email, in: tx), other != id {
            throw Fault(GatewayProblems.emailTaken)
        }
        if let other = try UserStore.id(username: username, in: tx), other != id {
            throw Fault(GatewayProblems.usernameTaken)
        }
    }
}
