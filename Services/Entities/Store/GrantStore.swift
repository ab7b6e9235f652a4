import EntitiesContract
import SQLite

/// Rows of `grants`: the first local step for each pair. Read only; triggers write them.
enum GrantStore {
    static func step(of query: AccessQuery, in db: some Queryable) throws -> AccessStep? {
        try db.row(
            """
            SELECT step FROM grants WHERE user_id = ?1 AND entity_id = ?2
                AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?2)
                AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'user.deleted' AND subject = ?1)
            """, .text(query.userId), .text(query.entityId)
        ) { AccessStep(rawValue: $0.text(0)) } ?? nil
    }
}
