import Contract
import GatewayContract
import Kernel
import ServiceKit

/// Finds the users whom requests name by external ids, at an edge gateway. As the primary one does
/// (`UserNames`): a platform admin's token has no limit, so that its answers can be kept; what
/// other callers name is counted, each time.
struct EdgeUserNames: NameResolver {
    let credentials: LeasedCredentials
    let client: ServiceClient

    let kinds: Set<Named> = [.user, .username]

    func resolve(
        _ names: [ExternalName], for caller: Caller
    ) async throws -> [ExternalName: String] {
        let externalIds = Array(Set(names.map(\.externalId)))
        let users =
            caller.hasAdminToken
            ? try await ask(externalIds) : try await find(externalIds, for: caller)
        return names.reduce(into: [:]) { $0[$1] = users[$1.externalId].map($1.name(of:)) }
    }

    func resolveNow(_ name: ExternalName, for caller: Caller) throws -> ResolvedName {
        guard caller.hasAdminToken,
            case .known(let user?) = try credentials.user(
                named: ExternalID.prefix + name.externalId)
        else { return .later }
        return .ours(name.name(of: user))
    }

    private func ask(_ externalIds: [String]) async throws -> [String: NamedUser] {
        try await withThrowingTaskGroup(of: (String, NamedUser?).self) { group in
            for id in externalIds {
                group.addTask {
                    (id, try await credentials.askForUser(named: ExternalID.prefix + id))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func find(
        _ externalIds: [String], for caller: Caller
    ) async throws -> [String: NamedUser] {
        var users: [String: NamedUser] = [:]
        var rest = externalIds[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(CredentialsQuery.maximum))
            rest = rest.dropFirst(part.count)
            let reply = try await client.call(
                EdgeQueries.findUsers,
                ExternalUsersQuery(callerId: caller.userId, externalIds: part),
                as: ExternalUsersReply.self)
            if let seconds = reply.retryAfter {
                throw Fault.tooManyUnknownUsers(retryAfter: seconds)
            }
            for user in reply.users {
                users[user.externalId] = NamedUser(id: user.id, username: user.username)
            }
        }
        return users
    }
}
