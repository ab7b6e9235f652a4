import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// The ids of workspaces, by their external ids, whoever sees them.
    package func findWorkspaces(externalIds: [String]) throws -> [String: String] {
        try database.read { try WorkspaceStore.externalIds.ids(of: externalIds, in: $0) }
    }
}
