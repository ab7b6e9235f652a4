import Kernel
import SQLite

/// An integration as answers show it.
struct IntegrationWithOwner: Sendable, Equatable {
    let integration: Integration
    let owner: NamedPrincipal
}

extension IntegrationsUseCases {
    func getIntegration(
        _ reference: String, by caller: Caller
    ) async throws -> IntegrationWithOwner {
        let (integration, names) = try read(.see, on: reference, by: caller) {
            reader, integration, _ in
            (integration, try Names(of: [integration.owner], in: reader))
        }
        return integration.listed(try await complete(names))
    }

    /// Those that the caller may see, newest first.
    func listIntegrations(
        search: String?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<IntegrationWithOwner> {
        let (found, teams) = try database.read { reader in
            let found =
                IntegrationPolicy.seesEverything(caller)
                ? try IntegrationStore.page(search: search, page, in: reader)
                : try IntegrationStore.page(of: caller.userId, search: search, page, in: reader)
            return (found, try Names(of: found.items.map(\.owner), in: reader))
        }
        let names = try await complete(teams)
        return found.map { $0.listed(names) }
    }
}

extension Integration {
    func listed(_ names: Names) -> IntegrationWithOwner {
        IntegrationWithOwner(integration: self, owner: names[owner])
    }
}
