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
    /// The services that get `user.deleted` and the like.
    let listeners: [String]

    func get(_ id: String, by caller: Caller) throws -> User {
        try UserPolicy.requireAdmin(caller)
        guard let user = try database.read({ try UserStore.find(id, in: $0) }) else {
            throw Fault.notFound
        }
        return user
    }

    /// - Parameter externalId: exactly; nil for any.
    func list(
        _ search: String?, externalId: String?, _ page: PageRequest, by caller: Caller
    ) throws -> Page<User> {
        try UserPolicy.requireAdmin(caller)
        let search = try Text.search(search, max: Text.maximumEmail)
        guard let externalId else {
            return try database.read { try UserStore.page(search, page, in: $0) }
        }
        let named = try ExternalID.check(externalId, pointer: "/externalId")
        let found = try database.read { try UserStore.find(externalId: named, in: $0) }
        let matching = [found].compactMap(\.self).filter { user in
            search.map { user.searchText.contains(Text.folded($0)) } ?? true
        }
        return Page(page.page == 1 ? matching : [], page, total: matching.count)
    }

    /// Admits platform admins to an existing user.
    func admission(of caller: Caller, to id: String) -> Admission<User> {
        { db in
            try UserPolicy.requireAdmin(caller)
            guard let user = try UserStore.find(id, in: db) else { throw Fault.notFound }
            return user
        }
    }

    /// Requires that no other user has a name of this one.
    static func checkFree(_ user: User, _ tx: Transaction) throws {
        if let other = try UserStore.id(email: user.email, in: tx), other != user.id {
            throw Fault(GatewayProblems.emailTaken)
        }
        if let other = try UserStore.id(username: user.username, in: tx), other != user.id {
            throw Fault(GatewayProblems.usernameTaken)
        }
        if let externalId = user.externalId,
            let other = try UserStore.find(externalId: externalId, in: tx), other.id != user.id
        {
            throw Fault(ProblemType.externalIdTaken)
        }
    }
}
