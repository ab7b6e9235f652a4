import Kernel
import SQLite

/// Rows of `installations`.
enum InstallationStore {
    /// An installation and the entity that is installed.
    struct WithEntity {
        let installation: Installation
        let entity: Entity
    }

    static func find(_ query: AccessQuery, in db: some Queryable) throws -> Installation? {
        try db.row(
            """
            SELECT entity_id, user_id, version, installed_at FROM installations
            WHERE user_id = ?1 AND entity_id = ?2
            """, .text(query.userId), .text(query.entityId)
        ) { installation($0) }
    }

    /// Installs, or changes the version of what is installed.
    static func save(_ installation: Installation, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO installations (entity_id, user_id, version, installed_at)
            VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET version = excluded.version
            """,
            .text(installation.entityId), .text(installation.userId), .text(installation.version),
            .time(installation.installedAt))
    }

    /// Whether there was one.
    static func delete(_ query: AccessQuery, in tx: Transaction) throws -> Bool {
        try tx.execute(
            """
            DELETE FROM installations WHERE user_id = ?1 AND entity_id = ?2 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?2)
            """, .text(query.userId), .text(query.entityId)) > 0
    }

    /// Deletes some of one user's.
    /// - Returns: how many.
    static func deleteSome(of userId: String, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM installations WHERE user_id = ?1 AND entity_id IN (
                SELECT entity_id FROM installations WHERE user_id = ?1 LIMIT ?2)
            """, .text(userId), .int(limit))
    }

    /// Deletes some of one entity's.
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
        let items = try db.rows(
            """
            SELECT i.entity_id, i.user_id, i.version, i.installed_at, e.* FROM (
                SELECT entity_id FROM installations INDEXED BY installations_of_user
                WHERE user_id = ?1
                    AND entity_id NOT IN (SELECT subject FROM jobs WHERE kind = 'entity.deleted')
                ORDER BY installed_at DESC, entity_id DESC LIMIT ?2 OFFSET ?3
            ) page CROSS JOIN installations i ON i.user_id = ?1 AND i.entity_id = page.entity_id
            CROSS JOIN entities e ON e.id = page.entity_id
            ORDER BY i.installed_at DESC, i.entity_id DESC
            """, .text(userId), .int(page.size), .int(page.offset)
        ) {
            WithEntity(installation: installation($0), entity: try EntityStore.entity($0, from: 4))
        }
        let total = try db.row(
            """
            SELECT count(*) FROM installations WHERE user_id = ?1
                AND entity_id NOT IN (SELECT subject FROM jobs WHERE kind = 'entity.deleted')
            """, .text(userId)
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    private static func installation(_ row: Row) -> Installation {
        Installation(
            entityId: row.text(0), userId: row.text(1), version: row.textOrNil(2),
            installedAt: row.time(3))
    }
}
