import Contract
import GatewayClient
import Kernel
import Outbox
import SQLite

/// What principals are called: teams as they are here, users as the directory knows them.
struct Names: Sendable {
    /// nil for those who were asked for and have none.
    private var known: [Principal: NamedPrincipal?]

    init(_ found: [NamedPrincipal], asked: some Sequence<Principal>) {
        known = Dictionary(asked.map { ($0, nil) }, uniquingKeysWith: { first, _ in first })
        for principal in found { known[principal.principal] = principal }
    }

    func wereAsked(for principal: Principal) -> Bool { known[principal] != nil }

    /// Somebody without a name, for a moment after he was deleted.
    subscript(_ principal: Principal) -> NamedPrincipal {
        (known[principal] ?? nil) ?? NamedPrincipal(nameless: principal)
    }
}

/// Somebody whom a request names: for a user what the directory says, for a team what is true in
/// the transaction.
struct Candidate: Sendable {
    let name: PrincipalName
    /// The user of that name, if there is one.
    let person: Person?

    /// nil: there is none.
    func resolve(in db: some Queryable) throws -> NamedPrincipal? {
        switch name {
        case .user:
            guard let person, try !Gone.user.contains(person.id, in: db) else { return nil }
            return NamedPrincipal(person)
        case .team(let id): return try TeamStore.find(id, in: db).map { NamedPrincipal($0) }
        }
    }
}

extension IntegrationsUseCases {
    /// The names of all of them, teams in one statement and users in one call.
    func names(of principals: [Principal]) async throws -> Names {
        var (users, teams): (Set<String>, Set<String>) = ([], [])
        for principal in principals {
            switch principal {
            case .user(let id): users.insert(id)
            case .team(let id): teams.insert(id)
            }
        }
        let named = try database.read { [teams = teams.sorted()] in
            try TeamStore.all(teams, in: $0).map { NamedPrincipal($0) }
        }
        let persons = try await persons(users)
        return Names(named + persons.values.map { NamedPrincipal($0) }, asked: principals)
    }

    func persons(_ ids: Set<String>) async throws -> [String: Person] {
        ids.isEmpty ? [:] : try await directory.persons(ids: ids.sorted())
    }

    func candidate(_ name: PrincipalName) async throws -> Candidate {
        switch name {
        case .user(let username):
            let persons = try await directory.persons(usernames: [username])
            return Candidate(name: name, person: persons[username])
        case .team: return Candidate(name: name, person: nil)
        }
    }
}
