import EntitiesContract
import SQLite
import WriteKit

/// Rows of `grants`: the first local step for each pair. Read only; triggers write them.
enum GrantStore {
    /// What a user has access to by a local step.
    static let list = LongList("granted", of: "grants", by: "user_id", order: .id("entity_id"))

    static let ofUser = PagedQuery(
        "r.entity_id", from: "grants", key: Columns("user_id", "entity_id"),
        where: """
            user_id = ?1
                AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = entity_id)
            """, newestFirst: Columns("entity_id"), countedBy: list,
        hidden: SQL(
            """
            SELECT count(*) FROM jobs j CROSS JOIN grants g
                ON g.user_id = ?1 AND g.entity_id = j.subject WHERE j.kind = 'entity.deleted'
            """))

    static func step(of query: AccessQuery, in db: some Queryable) throws -> AccessStep? {
        try db.row(firstStep, .text(query.userId), .text(query.entityId)) {
            AccessStep(rawValue: $0.text(0))
        } ?? nil
    }

    private static let firstStep = SQL(
        """
        SELECT step FROM grants WHERE user_id = ?1 AND entity_id = ?2
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?2)
            AND NOT \(UserRemoval.hiding("?1", "?2"))
        """)
}
