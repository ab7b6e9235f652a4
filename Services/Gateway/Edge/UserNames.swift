import Contract
import Kernel
import ServiceKit

/// Finds the users whom requests name by external ids. The gateway has all users in its own
/// database, so it does so for all services.
struct UserNames: NameResolver {
    let unknownUsers: UnknownUsers

    let kinds: Set<Named> = [.user, .username]

    func resolve(
        _ names: [ExternalName], for caller: Caller
    ) async throws -> [ExternalName: String] {
        let externalIds = Set(names.map(\.externalId))
        let users = try await unknownUsers.find(externalIds: Array(externalIds), for: caller)
        return names.reduce(into: [:]) { $0[$1] = users[$1.externalId].map($1.name(of:)) }
    }

    func resolveNow(_ name: ExternalName, for caller: Caller) throws -> ResolvedName {
        guard let found = try unknownUsers.findNow(externalId: name.externalId, for: caller) else {
            return .later
        }
        return ResolvedName(found.map(name.name(of:)))
    }
}

extension ExternalName {
    /// Our own name of the user.
    func name(of user: NamedUser) -> String {
        kind == .username ? user.username : user.id
    }
}
