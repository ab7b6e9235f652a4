import Kernel
import SQLite

/// An integration as answers show it.
struct ListedIntegration: Sendable, Equatable {
    let integration: Integration
    let owner: NamedPrincipal
}

extension IntegrationsUseCases {
    func getIntegration(
        _ reference: String, by caller: Caller
    ) async throws -> ListedIntegration {
        let integration = try read(.see, on: reference, by: caller) { _, integration, _ in
            integration
        }
        return integration.listed(try await names(of: [integration.owner]))
    }

    /// Those that the caller may see, newest first.
    func listIntegrations(
        search: String?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ListedIntegration> {
        let found = try database.read { reader in
            caller.isAdmin
                ? try IntegrationStore.page(search: search, page, in: reader)
                : try IntegrationStore.page(of: caller.userId, search: search, page, in: reader)
        }
        let names = try await names(of: found.items.map(\.owner))
        return found.map { $0.listed(names) }
    }
}

extension Integration {
    func listed(_ names: Names) -> ListedIntegration {
        ListedIntegration(integration: self, owner: names[owner])
    }
}
