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
        return names.reduce(into: [:]) { found, name in
            let user = users[name.externalId]
            found[name] = name.kind == .username ? user?.username : user?.id
        }
    }
}
