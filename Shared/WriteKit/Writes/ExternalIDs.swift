import Kernel
import SQLite

/// The external ids of the things in a table: its column `external_id`.
public struct ExternalIDs: Sendable {
    /// The column, and what keeps it unique; for a migration.
    public let schema: String
    private let lookUp: SQL

    public init(of table: StaticString) {
        let name = Columns(table)
        lookUp = SQL(
            """
            SELECT t.external_id, t.id FROM json_each(?1) AS wanted
            CROSS JOIN \(name) t INDEXED BY \(name)_by_external_id
                ON t.external_id = wanted.value
            """)
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
