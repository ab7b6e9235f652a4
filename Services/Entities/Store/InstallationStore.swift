import Kernel
import SQLite
import WriteKit

/// Rows of `installations`.
enum InstallationStore {
    private static let columns = Columns("entity_id", "user_id", "version", "installed_at")

    /// An installation and its entity.
    struct WithEntity {
        let installation: Installation
        let entity: Entity
    }

    static func find(_ query: AccessQuery, in db: some Queryable) throws -> Installation? {
        try db.row(byUser, .text(query.userId), .text(query.entityId), map: installation)
    }

    private static let byUser = SQL(
        "SELECT \(columns) FROM installations WHERE user_id = ?1 AND entity_id = ?2")

    /// Inserts an installation, or changes its version.
    static func save(_ installation: Installation, in tx: Transaction) throws {
        try tx.execute(
            saving, .text(installation.entityId), .text(installation.userId),
            .text(installation.version), .time(installation.installedAt))
    }

    private static let saving = SQL(
        """
        \(columns.insert(into: "installations"))
        ON CONFLICT DO UPDATE SET version = excluded.version
        """)

    /// - Returns: whether there was one.
    static func delete(_ query: AccessQuery, in tx: Transaction) throws -> Bool {
        try tx.execute(
            """
            DELETE FROM installations WHERE user_id = ?1 AND entity_id = ?2 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?2)
            """, .text(query.userId), .text(query.entityId)) > 0
    }

    /// Deletes some of a user's installations.
    /// - Returns: how many.
    static func deleteSome(of userId: String, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(deletionOfUser, .text(userId), .int(limit))
    }

    private static let deletionOfUser = SQL(
        """
        DELETE FROM installations WHERE user_id = ?1 AND entity_id IN (
            SELECT entity_id FROM installations
            WHERE user_id = ?1 AND NOT \(UserRemoval.regranted("?1", "entity_id")) LIMIT ?2)
        """)

    /// Deletes some of an entity's installations.
    /// - Returns: how many.
    static func deleteSome(from entityId: String, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM installations WHERE entity_id = ?1 AND user_id IN (
                SELECT user_id FROM installations INDEXED BY installations_of_entity
                WHERE entity_id = ?1 LIMIT ?2)
            """, .text(entityId), .int(limit))
    }

    /// Newest first.
    static func page(
        of userId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WithEntity> {
        try db.page(ofUser, page, .text(userId)) {
            WithEntity(installation: installation($0), entity: try EntityStore.entity($0, from: 4))
        }
    }

    private static let ofUser = PagedQuery(
        "\(columns, of: "r"), \(EntityStore.columns, of: "e")", from: "installations",
        key: Columns("user_id", "entity_id"),
        joining: "CROSS JOIN entities e ON e.id = r.entity_id", by: "installations_of_user",
        where: """
            user_id = ?1
                AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = entity_id)
                AND NOT \(UserRemoval.hiding("?1", "entity_id"))
            """, newestFirst: Columns("installed_at", "entity_id"))

    private static func installation(_ row: Row) -> Installation {
        Installation(
            entityId: row.text(0), userId: row.text(1), version: row.textOrNil(2),
            installedAt: row.time(3))
    }
}
