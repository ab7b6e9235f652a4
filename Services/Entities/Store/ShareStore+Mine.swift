import Kernel
import SQLite

/// The lists of one user's shares over all entities, newest first.
extension ShareStore {
    static func received(
        by userId: String, type: EntityType?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WithEntity> {
        let items = try db.rows(
            """
            SELECT s.id, s.entity_id, s.user_id, s.created_by, s.created_at, e.* FROM (
                SELECT id FROM shares INDEXED BY shares_received WHERE user_id = ?1
                    AND entity_id NOT IN (SELECT subject FROM jobs WHERE kind = 'entity.deleted')
                    AND (?2 IS NULL OR (SELECT type FROM entities WHERE id = entity_id) = ?2)
                ORDER BY id DESC LIMIT ?3 OFFSET ?4
            ) page CROSS JOIN shares s ON s.id = page.id
            CROSS JOIN entities e ON e.id = s.entity_id ORDER BY s.id DESC
            """,
            .text(userId), .text(type?.rawValue), .int(page.size), .int(page.offset),
            map: withEntity)
        let total = try db.row(
            """
            SELECT count(*) FROM shares INDEXED BY shares_received WHERE user_id = ?1
                AND entity_id NOT IN (SELECT subject FROM jobs WHERE kind = 'entity.deleted')
                AND (?2 IS NULL OR (SELECT type FROM entities WHERE id = entity_id) = ?2)
            """, .text(userId), .text(type?.rawValue)
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    static func given(
        by userId: String, type: EntityType?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WithEntity> {
        let items = try db.rows(
            """
            SELECT s.id, s.entity_id, s.user_id, s.created_by, s.created_at, e.* FROM (
                SELECT id FROM shares INDEXED BY shares_given WHERE created_by = ?1
                    AND entity_id NOT IN (SELECT subject FROM jobs WHERE kind = 'entity.deleted')
                    AND (?2 IS NULL OR (SELECT type FROM entities WHERE id = entity_id) = ?2)
                ORDER BY id DESC LIMIT ?3 OFFSET ?4
            ) page CROSS JOIN shares s ON s.id = page.id
            CROSS JOIN entities e ON e.id = s.entity_id ORDER BY s.id DESC
            """,
            .text(userId), .text(type?.rawValue), .int(page.size), .int(page.offset),
            map: withEntity)
        let total = try db.row(
            """
            SELECT count(*) FROM shares INDEXED BY shares_given WHERE created_by = ?1
                AND entity_id NOT IN (SELECT subject FROM jobs WHERE kind = 'entity.deleted')
                AND (?2 IS NULL OR (SELECT type FROM entities WHERE id = entity_id) = ?2)
            """, .text(userId), .text(type?.rawValue)
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    private static func withEntity(_ row: Row) throws -> WithEntity {
        WithEntity(share: share(row), entity: try EntityStore.entity(row, from: 5))
    }
}
