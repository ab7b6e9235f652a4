import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// What principals are called: teams as they are here, users as the directory knows them.
struct Names: Sendable {
    private var known: [Principal: NamedPrincipal] = [:]
    /// The users among those who were asked for.
    fileprivate var users: Set<String> = []

    /// Of these, the teams; `complete` adds the users.
    /// - Parameter db: of the same moment as what names them, or a team may be gone meanwhile.
    init(of principals: [Principal], in db: some Queryable) throws {
        var teams: Set<String> = []
        for principal in principals {
            switch principal {
            case .user(let id): users.insert(id)
            case .team(let id): teams.insert(id)
            }
        }
        for team in try TeamStore.all(teams.sorted(), in: db) { add(NamedPrincipal(team)) }
    }

    fileprivate mutating func add(_ principal: NamedPrincipal) {
        known[principal.principal] = principal
    }

    func wereAsked(for principal: Principal) -> Bool {
        if case .user(let id) = principal { users.contains(id) } else { known[principal] != nil }
    }

    /// A user who was deleted a moment ago goes by his id.
    subscript(_ principal: Principal) -> NamedPrincipal {
        known[principal] ?? NamedPrincipal(nameless: principal)
    }
}

/// Somebody whom a request names: for a user what the directory says, for a team what is true in
/// the transaction.
struct Candidate: Sendable {
    let name: PrincipalName
    /// The user of that name, if there is one.
    let profile: UserProfile?

    /// nil: there is none.
    func resolve(in db: some Queryable) throws -> NamedPrincipal? {
        switch name {
        case .user:
            guard let profile, try !Tombstone.user.contains(profile.id, in: db) else { return nil }
            return NamedPrincipal(profile)
        case .team(let id): return try TeamStore.find(id, in: db).map { NamedPrincipal($0) }
        }
    }
}

extension Integration {
    /// As a GET shows it.
    /// - Throws: `AskAgain` if another has become the owner since the names were asked for.
    func shown(_ names: Names) throws(AskAgain) -> IntegrationWithOwner {
        guard names.wereAsked(for: owner) else { throw AskAgain() }
        return listed(names)
    }
}

extension IntegrationsUseCases {
    /// The users' names too, all in one call.
    func complete(_ names: Names) async throws -> Names {
        var names = names
        for profile in try await profiles(names.users).values { names.add(NamedPrincipal(profile)) }
        return names
    }

    func names(_ principals: [Principal]) async throws -> Names {
        try await complete(try database.read { try Names(of: principals, in: $0) })
    }

    func profiles(_ ids: Set<String>) async throws -> [String: UserProfile] {
        ids.isEmpty ? [:] : try await directory.profiles(ids: ids.sorted())
    }

    /// - Parameter caller: who learns whether there is such a user; see `Directory`.
    func candidate(_ name: PrincipalName, toldTo caller: Caller?) async throws -> Candidate {
        switch name {
        case .user(let username):
            let profiles = try await directory.profiles(usernames: [username], toldTo: caller)
            return Candidate(name: name, profile: profiles[username])
        case .team: return Candidate(name: name, profile: nil)
        }
    }
}
