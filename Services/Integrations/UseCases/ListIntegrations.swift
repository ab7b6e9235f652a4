import Kernel
import SQLite

extension IntegrationsUseCases {
    /// The integrations that the caller can see, newest first.
    func listIntegrations(
        search: String?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<IntegrationWithOwner> {
        let (found, teams) = try database.read { reader in
            let found =
                IntegrationPolicy.seesEverything(caller)
                ? try IntegrationStore.page(search: search, page, in: reader)
                : try IntegrationStore.page(of: caller.userId, search: search, page, in: reader)
            return (found, try PrincipalNames(of: found.items.map(\.owner), in: reader))
        }
        let names = try await teams.addingUsers(from: self)
        return found.map { $0.withOwner(names) }
    }
}
