import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// The ids of integrations, by their external ids, whoever sees them.
    func findIntegrations(externalIds: [String]) throws -> [String: String] {
        try database.read { try IntegrationStore.externalIds.ids(of: externalIds, in: $0) }
    }

    /// The same for teams.
    func findTeams(externalIds: [String]) throws -> [String: String] {
        try database.read { try TeamStore.externalIds.ids(of: externalIds, in: $0) }
    }
}
