import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// A principal that a request names, before a transaction decides whether it exists.
struct PrincipalCandidate: Sendable {
    let name: PrincipalName
    /// The directory's user of that name, if there is one.
    let profile: UserProfile?

    /// - Returns: nil if the principal doesn't exist.
    func resolve(in db: some Queryable) throws -> NamedPrincipal? {
        switch name {
        case .user:
            guard let profile, try !Tombstone.user.contains(profile.id, in: db) else { return nil }
            return NamedPrincipal(profile)
        case .team(let id): return try TeamStore.find(id, in: db).map { NamedPrincipal($0) }
        }
    }
}

extension IntegrationsUseCases {
    /// - Parameter caller: who learns from the answer whether the user exists; see `Directory`.
    func candidate(
        _ name: PrincipalName, disclosedTo caller: Caller?
    ) async throws -> PrincipalCandidate {
        switch name {
        case .user(let username):
            PrincipalCandidate(
                name: name, profile: try await profile(username, disclosedTo: caller))
        case .team: PrincipalCandidate(name: name, profile: nil)
        }
    }

    func profile(_ username: String, disclosedTo caller: Caller?) async throws -> UserProfile? {
        try await directory.profiles(usernames: [username], disclosedTo: caller)[username]
    }
}
