import SQLite

extension Database {
    /// The events in the outbox, oldest first.
    func outbox() throws -> [(type: String, data: String)] {
        try read { db in
            try db.rows("SELECT type, data FROM outbox WHERE number > 0 ORDER BY number") {
                (type: $0.text(0), data: $0.text(1))
            }
        }
    }
}
