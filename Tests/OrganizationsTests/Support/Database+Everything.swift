import SQLite
import TestSupport

extension Database {
    /// All that is kept, so that a test can say that nothing was changed.
    func everything() throws -> [String] { try dump() }

    /// What waits to be told to others, oldest first.
    func outbox() throws -> [(type: String, data: String)] {
        try read { db in
            try db.rows("SELECT type, data FROM outbox WHERE number > 0 ORDER BY number") {
                (type: $0.text(0), data: $0.text(1))
            }
        }
    }
}
