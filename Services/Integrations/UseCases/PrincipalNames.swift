import Contract
import GatewayClient
import Kernel
import SQLite

/// The names of principals: of teams from this database, of users from the directory.
struct PrincipalNames: Sendable {
    private var known: [Principal: NamedPrincipal] = [:]
    private var userIds: Set<String> = []

    /// Finds the teams' names; `addingUsers` adds those of the users.
    /// - Parameter db: the snapshot that the principals were read from, or a team could be missing.
    init(of principals: [Principal], in db: some Queryable) throws {
        var teamIds: Set<String> = []
        for principal in principals {
            switch principal {
            case .user(let id): userIds.insert(id)
            case .team(let id): teamIds.insert(id)
            }
        }
        for team in try TeamStore.all(teamIds.sorted(), in: db) {
            known[.team(team.id)] = NamedPrincipal(team)
        }
    }

    /// Looks up all users in one call.
    func addingUsers(from useCases: IntegrationsUseCases) async throws -> PrincipalNames {
        var names = self
        for profile in try await useCases.directory.profiles(of: userIds).values {
            names.known[.user(profile.id)] = NamedPrincipal(profile)
        }
        return names
    }

    /// Whether the name was looked up, even if the user no longer exists.
    func covers(_ principal: Principal) -> Bool {
        if case .user(let id) = principal { userIds.contains(id) } else { known[principal] != nil }
    }

    /// A user who was just deleted appears under their id.
    subscript(_ principal: Principal) -> NamedPrincipal {
        known[principal] ?? NamedPrincipal(nameless: principal)
    }
}

extension IntegrationsUseCases {
    func names(_ principals: [Principal]) async throws -> PrincipalNames {
        try await database.read { try PrincipalNames(of: principals, in: $0) }
            .addingUsers(from: self)
    }
}

extension NamedPrincipal {
    init(_ user: UserProfile) {
        principal = .user(user.id)
        name = .user(user.username)
        displayName = user.displayName
    }
}
