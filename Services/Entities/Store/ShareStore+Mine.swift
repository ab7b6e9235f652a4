import EntitiesContract
import Kernel
import SQLite

/// The lists of one user's shares over all entities, newest first.
extension ShareStore {
    static func received(
        by userId: String, type: EntityType?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WithEntity> {
        try db.page(received, page, .text(userId), .text(type?.rawValue), map: withEntity)
    }

    static func given(
        by userId: String, type: EntityType?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WithEntity> {
        try db.page(given, page, .text(userId), .text(type?.rawValue), map: withEntity)
    }

    private static let received = list(by: "shares_received", of: "user_id = ?1")
    private static let given = list(by: "shares_given", of: "created_by = ?1")

    private static func list(by index: StaticString, of user: SQL.Parts) -> PagedQuery {
        PagedQuery(
            "\(columns, of: "r"), e.*", from: "shares",
            joining: "CROSS JOIN entities e ON e.id = r.entity_id", by: index,
            where: """
                \(user) AND entity_id NOT IN (
                    SELECT subject FROM jobs WHERE kind = 'entity.deleted')
                AND (?2 IS NULL OR (SELECT type FROM entities WHERE id = entity_id) = ?2)
                """)
    }

    private static func withEntity(_ row: Row) throws -> WithEntity {
        WithEntity(share: share(row), entity: try EntityStore.entity(row, from: 5))
    }
}
