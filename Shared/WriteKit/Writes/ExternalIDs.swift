import Kernel
import SQLite

/// The external ids of the things in a table: its column `external_id`.
public struct ExternalIDs: Sendable {
    /// The column, and what keeps it unique; for a migration.
    public let schema: String
    private let lookUp: SQL
    private let lookUpOne: SQL

    public init(of table: StaticString) {
        let name = Columns(table)
        lookUp = SQL(
            """
            SELECT t.external_id, t.id FROM json_each(?1) AS wanted
            CROSS JOIN \(name) t INDEXED BY \(name)_by_external_id
                ON t.external_id = wanted.value
            """)
        lookUpOne = SQL("SELECT id FROM \(name) WHERE external_id = ?1")
        schema = """
            ALTER TABLE \(table) ADD COLUMN external_id TEXT;
            CREATE UNIQUE INDEX \(table)_by_external_id ON \(table) (external_id)
                WHERE external_id IS NOT NULL;

            """
    }

    /// - Parameter externalIds: in NFC.
    /// - Returns: the ids of the things that exist, by their external ids.
    public func ids(
        of externalIds: [String], in db: some Queryable
    ) throws -> [String: String] {
        let found = try db.rows(lookUp, .texts(externalIds)) { ($0.text(0), $0.text(1)) }
        return Dictionary(found) { first, _ in first }
    }

    /// The same for one.
    func id(of externalId: String, in db: some Queryable) throws -> String? {
        try db.row(lookUpOne, .text(externalId)) { $0.text(0) }
    }

    /// Requires that a thing can have the external id.
    /// - Parameters:
    ///   - externalId: nil for none.
    ///   - former: what it has; nil for none, and for a new thing.
    /// - Throws: 403 for callers without an admin's token, 409 if another thing has it.
    public func check(
        _ externalId: String?, insteadOf former: String? = nil, by caller: Caller,
        in tx: Transaction
    ) throws {
        guard externalId != former else { return }
        try ExternalID.authorize(caller)
        guard let externalId, try !ids(of: [externalId], in: tx).isEmpty else { return }
        throw Fault(.externalIdTaken)
    }
}

/// The things in a table of a database, by their external ids.
public struct ThingsByExternalID: Sendable {
    private let ids: ExternalIDs
    private let database: Database
    private let last: LastReads<String>

    public init(_ ids: ExternalIDs, in database: Database) {
        self.ids = ids
        self.database = database
        last = LastReads(database)
    }

    /// Another one after each write; nil while one is done.
    public var version: Int? { database.version }

    /// - Parameter externalIds: in NFC.
    /// - Returns: the ids of the things that exist, by their external ids.
    public func find(_ externalIds: [String]) throws -> [String: String] {
        try database.read { try ids.ids(of: externalIds, in: $0) }
    }

    /// The same for one.
    public func find(_ externalId: String) throws -> String? {
        try last.value(externalId) { try ids.id(of: externalId, in: $0) }
    }
}
