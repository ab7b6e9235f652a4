import Kernel
import SQLite

/// Rows of `shares`.
enum ShareStore {
    /// A share and the entity that it shares.
    struct WithEntity {
        let share: Share
        let entity: Entity
    }

    static func find(
        _ id: String, of entityId: String, in db: some Queryable
    ) throws -> Share? {
        try db.row(
            """
            SELECT id, entity_id, user_id, created_by, created_at FROM shares
            WHERE id = ?1 AND entity_id = ?2 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?2)
            """, .text(id), .text(entityId)
        ) { share($0) }
    }

    static func find(with query: AccessQuery, in db: some Queryable) throws -> Share? {
        try db.row(
            """
            SELECT id, entity_id, user_id, created_by, created_at FROM shares
            WHERE user_id = ?1 AND entity_id = ?2
            """, .text(query.userId), .text(query.entityId)
        ) { share($0) }
    }

    static func insert(_ share: Share, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO shares (id, entity_id, user_id, created_by, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """,
            .text(share.id), .text(share.entityId), .text(share.userId), .text(share.createdBy),
            .time(share.createdAt))
    }

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM shares WHERE id = ?1", .text(id))
    }

    /// Deletes some of what a user got.
    /// - Returns: those that were deleted.
    static func deleteSome(
        with userId: String, limit: Int, in tx: Transaction
    ) throws -> [Share] {
        try tx.rows(
            """
            DELETE FROM shares WHERE id IN (
                SELECT id FROM shares INDEXED BY shares_received WHERE user_id = ?1 LIMIT ?2)
            RETURNING id, entity_id, user_id, created_by, created_at
            """, .text(userId), .int(limit)
        ) { share($0) }
    }

    /// Deletes some of an entity's.
    /// - Returns: those that were deleted.
    static func deleteSome(
        of entityId: String, limit: Int, in tx: Transaction
    ) throws -> [Share] {
        try tx.rows(
            """
            DELETE FROM shares WHERE id IN (
                SELECT id FROM shares INDEXED BY shares_of_entity WHERE entity_id = ?1 LIMIT ?2)
            RETURNING id, entity_id, user_id, created_by, created_at
            """, .text(entityId), .int(limit)
        ) { share($0) }
    }

    /// Some of what `userId` gave is from now on given by each entity's owner.
    /// - Returns: the shares as they are now.
    static func passOn(
        givenBy userId: String, limit: Int, in tx: Transaction
    ) throws -> [Share] {
        try tx.rows(
            """
            UPDATE shares SET created_by = (
                SELECT owner_id FROM entities WHERE id = shares.entity_id
            ) WHERE id IN (
                SELECT id FROM shares INDEXED BY shares_given WHERE created_by = ?1
                    AND entity_id NOT IN (SELECT subject FROM jobs WHERE kind = 'entity.deleted')
                LIMIT ?2)
            RETURNING id, entity_id, user_id, created_by, created_at
            """, .text(userId), .int(limit)
        ) { share($0) }
    }

    /// Newest first; with `userId`, only those that he gave or got.
    static func page(
        of entityId: String, givenOrGotBy userId: String?, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<Share> {
        let items = try db.rows(
            """
            SELECT s.id, s.entity_id, s.user_id, s.created_by, s.created_at FROM (
                SELECT id FROM shares
                WHERE entity_id = ?1 AND (?2 IS NULL OR user_id = ?2 OR created_by = ?2)
                ORDER BY id DESC LIMIT ?3 OFFSET ?4
            ) page CROSS JOIN shares s ON s.id = page.id ORDER BY s.id DESC
            """, .text(entityId), .text(userId), .int(page.size), .int(page.offset)
        ) { share($0) }
        let total = try db.row(
            """
            SELECT count(*) FROM shares INDEXED BY shares_of_entity
            WHERE entity_id = ?1 AND (?2 IS NULL OR user_id = ?2 OR created_by = ?2)
            """, .text(entityId), .text(userId)
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    static func share(_ row: Row) -> Share {
        Share(
            id: row.text(0), entityId: row.text(1), userId: row.text(2), createdBy: row.text(3),
            createdAt: row.time(4))
    }
}
