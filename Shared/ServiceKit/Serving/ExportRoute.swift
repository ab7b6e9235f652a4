import Contract
import HTTPCore
import SQLite
import WriteKit

extension Route {
    /// The parts of what a service has of a user.
    static func export(_ export: UserExport, of database: Database) -> Route {
        .now(ExportRoutes.part) { request in
            let query = try request.decode(ExportQuery.self)
            return .json(try database.read { try export.part(query, in: $0) })
        }
    }
}
