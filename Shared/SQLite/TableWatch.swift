/// What is notified of changes to the rows of some tables, whatever makes them: requests, events,
/// jobs, cascades.
public protocol ChangeObserver: Sendable {
    /// The database was opened, or another file was found in place of it.
    /// - Parameter isNew: whether it was created just now.
    func opened(isNew: Bool)

    /// Runs on the writer's thread before changes are committed: reads can see them any moment
    /// now. `committed` or `opened` follows in any case.
    func committing()

    /// Runs on the writer's thread when changes are on disk and each read that begins sees them,
    /// before any of their writes returns; also after a commit that failed, which may have been
    /// kept.
    /// - Parameter keys: of the rows that were changed.
    /// - Returns: a number, for `settle`.
    func committed(_ keys: Set<String>) -> Int

    /// A write whose changes got this number returns after it. It holds up no other write.
    func settle(_ number: Int) async

    /// Returns when everything that a read can have seen so far has settled.
    func settleAll() async
}

/// The tables whose changes an observer is notified of.
///
/// They are noticed by triggers (https://sqlite.org/lang_createtrigger.html), which no statement
/// can avoid. The triggers are temporary: they belong to the writer's connection, not to the
/// schema, and are created when all migrations have run, which can rebuild these tables.
public struct TableWatch: Sendable {
    /// A table, and how the changed row is named to the observer.
    public struct Table: Sendable {
        let name: String
        let key: String
        let columns: String
        let ignoresInserts: Bool

        /// - Parameters:
        ///   - key: SQL of a text, in which `row` stands for the row: `row.entity_id`.
        ///   - columns: an update of others is no change.
        ///   - ignoresInserts: whether a new row is none either, as nobody keeps that it is
        ///     missing.
        public init(
            _ name: StaticString, key: StaticString, columns: StaticString,
            ignoresInserts: Bool = false
        ) {
            self.name = name.description
            self.key = key.description
            self.columns = columns.description
            self.ignoresInserts = ignoresInserts
        }

        fileprivate var triggers: String {
            let old = note("old")
            let new = note("new")
            let insert = """
                CREATE TEMP TRIGGER watch_\(name)_insert AFTER INSERT ON main.\(name)
                BEGIN \(new) END;

                """
            return (ignoresInserts ? "" : insert) + """
                CREATE TEMP TRIGGER watch_\(name)_delete AFTER DELETE ON main.\(name)
                BEGIN \(old) END;
                CREATE TEMP TRIGGER watch_\(name)_update AFTER UPDATE OF \(columns) ON main.\(name)
                BEGIN \(old) \(new) END;
                """
        }

        private func note(_ row: String) -> String {
            "SELECT note_change(\(key.replacing("row.", with: "\(row).")));"
        }
    }

    let tables: [Table]
    let observer: any ChangeObserver

    public init(_ tables: [Table], _ observer: any ChangeObserver) {
        self.tables = tables
        self.observer = observer
    }

    var triggers: String { tables.map(\.triggers).joined(separator: "\n") }
}
