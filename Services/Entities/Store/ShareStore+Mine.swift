import EntitiesContract
import Kernel
import SQLite
import WriteKit

/// The lists of one user's shares over all entities, newest first.
extension ShareStore {
    static func received(
        by userId: String, type: EntityType?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WithEntity> {
        guard let type else { return try db.page(received, page, .text(userId), map: withEntity) }
        let isLong = try LongShareStore.hasAll(.received, of: userId, in: db)
        return try db.page(
            isLong ? manyReceivedOfType : receivedOfType, page, .text(userId), .text(type.rawValue),
            map: withEntity)
    }

    static func given(
        by userId: String, type: EntityType?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WithEntity> {
        guard let type else { return try db.page(given, page, .text(userId), map: withEntity) }
        let isLong = try LongShareStore.hasAll(.given, of: userId, in: db)
        return try db.page(
            isLong ? manyGivenOfType : givenOfType, page, .text(userId), .text(type.rawValue),
            map: withEntity)
    }

    static let listReceived = LongList(
        "shares_received", of: "shares", by: "user_id", order: .id("id"))

    private static let received = query(
        by: "shares_received", of: "user_id = ?1 AND \(isNotTakenBack)", countedBy: listReceived,
        hidden: SQL(
            """
            SELECT CASE WHEN \(UserRemoval.isRunning("?1")) THEN (
                SELECT count(*) FROM shares INDEXED BY shares_received
                WHERE user_id = ?1 AND NOT (\(exists) AND \(isNotTakenBack)))
            ELSE (
                SELECT count(*) FROM jobs j CROSS JOIN shares s
                    ON s.user_id = ?1 AND s.entity_id = j.subject
                WHERE j.kind = 'entity.deleted') END
            """))
    /// The counter of the quota counts them; there are at most as many as the quota allows.
    private static let given = query(
        by: "shares_given", of: "created_by = ?1",
        count: SQL(
            """
            SELECT coalesce(
                    (SELECT used FROM quota_usage WHERE quota = 'shares' AND holder = ?1), 0)
                - (SELECT count(*) FROM jobs j CROSS JOIN shares s INDEXED BY shares_of_entity
                    ON s.entity_id = j.subject AND s.created_by = ?1
                    WHERE j.kind = 'entity.deleted')
            """))
    private static let receivedOfType = query(
        by: "shares_received", of: "user_id = ?1 AND \(isNotTakenBack) AND \(isOfType)")
    private static let givenOfType = query(
        by: "shares_given", of: "created_by = ?1 AND \(isOfType)")
    private static let manyReceivedOfType = query(ofMany: "received")
    private static let manyGivenOfType = query(ofMany: "given")

    private static func query(ofMany side: SQL.Parts) -> PagedQuery {
        PagedQuery(
            selected, from: "shares", joining: withItsEntity,
            findingIn: "long_shares INDEXED BY long_shares_of_type",
            where: "user_id = ?1 AND side = '\(side)' AND type = ?2")
    }

    private static let isOfType: SQL.Parts =
        "(SELECT type FROM entities WHERE id = entity_id) = ?2"
    private static let isNotTakenBack: SQL.Parts =
        "NOT \(UserRemoval.hiding("?1", "entity_id"))"
    private static let exists: SQL.Parts =
        "NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = entity_id)"

    private static func query(
        by index: StaticString, of user: SQL.Parts, count: SQL? = nil,
        countedBy list: LongList? = nil, hidden: SQL? = nil
    ) -> PagedQuery {
        PagedQuery(
            selected, from: "shares", joining: withItsEntity, by: index,
            where: "\(user) AND \(exists)", count: count, countedBy: list, hidden: hidden)
    }

    private static let selected: SQL.Parts =
        "\(columns, of: "r"), \(EntityStore.columns, of: "e")"
    private static let withItsEntity: SQL.Parts = "CROSS JOIN entities e ON e.id = r.entity_id"

    private static func withEntity(_ row: Row) throws -> WithEntity {
        WithEntity(share: share(row), entity: try EntityStore.entity(row, from: 5))
    }
}
