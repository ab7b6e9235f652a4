import SQLite
import WriteKit

extension EntitiesUseCases {
    /// The ids of entities, by their external ids, whoever sees them.
    func findEntities(externalIds: [String]) throws -> [String: String] {
        try database.read { try EntityStore.externalIds.ids(of: externalIds, in: $0) }
    }
}
