import Kernel
import SQLite
import WriteKit

/// Rows of `publishers`.
enum PublisherStore {
    private static let columns = Columns(
        "entity_id", "user_id", "added_by", "added_at", "membership_id")

    /// One primary-key lookup: the most frequent check.
    static func contains(
        _ userId: String, of entityId: String, in db: some Queryable
    ) throws -> Bool {
        try db.row(isPublisher, .text(userId), .text(entityId)) { _ in true } ?? false
    }

    private static let isPublisher = SQL(
        """
        SELECT 1 FROM publishers WHERE user_id = ?1 AND entity_id = ?2
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?2)
            AND NOT \(UserRemoval.hiding("?1", "?2"))
        """)

    static func find(
        _ userId: String, of entityId: String, in db: some Queryable
    ) throws -> Publisher? {
        try db.row(byUser, .text(userId), .text(entityId), map: publisher)
    }

    private static let byUser = SQL(
        """
        SELECT \(columns) FROM publishers WHERE user_id = ?1 AND entity_id = ?2
            AND NOT \(UserRemoval.hiding("?1", "?2"))
        """)

    /// The first publishers of an entity after an id, by id.
    static func userIds(_ range: PeopleRange, in db: some Queryable) throws -> [String] {
        try db.rows(
            """
            SELECT user_id FROM publishers INDEXED BY publishers_by_user
            WHERE entity_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3
            """, .text(range.entityId), .text(range.after), .int(range.limit)
        ) { $0.text(0) }
    }

    static func count(of entityId: String, in db: some Queryable) throws -> Int {
        try db.row("SELECT count(*) FROM publishers WHERE entity_id = ?1", .text(entityId)) {
            Int($0.int(0))
        } ?? 0
    }

    /// Newest first.
    static func page(
        of entityId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Publisher> {
        try db.page(ofEntity, page, .text(entityId), map: publisher)
    }

    private static let ofEntity = PagedQuery(
        "\(columns, of: "r")", from: "publishers", key: Columns("user_id", "entity_id"),
        by: "publishers_of_entity", where: "entity_id = ?1",
        newestFirst: Columns("added_at", "user_id"))

    /// The longest-standing publisher except `userId`, those who are suspended, and those who
    /// are no longer one.
    static func oldest(
        of entityId: String, except userId: String, in db: some Queryable
    ) throws -> String? {
        try db.row(oldest, .text(entityId), .text(userId)) { $0.text(0) }
    }

    private static let oldest = SQL(
        """
        SELECT user_id FROM publishers WHERE entity_id = ?1 AND user_id <> ?2
            AND NOT \(UserRemoval.hiding("user_id", "?1"))
            AND \(SuspendedUsers.excluding("user_id"))
        ORDER BY added_at, user_id LIMIT 1
        """)

    /// Adds a publisher unless they are one.
    /// - Returns: whether they were added.
    @discardableResult
    static func insert(_ publisher: Publisher, in tx: Transaction) throws -> Bool {
        try tx.execute(
            insertion, .text(publisher.entityId), .text(publisher.userId),
            .text(publisher.addedBy), .time(publisher.addedAt), .text(publisher.membershipId)) > 0
    }

    private static let insertion = SQL(
        "\(columns.insert(into: "publishers")) ON CONFLICT DO NOTHING")

    static func delete(_ userId: String, of entityId: String, in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM publishers WHERE user_id = ?1 AND entity_id = ?2",
            .text(userId), .text(entityId))
    }

    /// Deletes a user from an entity, even one who is hidden.
    /// - Returns: the deleted row, if there was one.
    static func delete(_ pair: AccessQuery, in tx: Transaction) throws -> [Publisher] {
        try tx.rows(deletionOfPair, .text(pair.userId), .text(pair.entityId), map: publisher)
    }

    private static let deletionOfPair = SQL(
        "DELETE FROM publishers WHERE user_id = ?1 AND entity_id = ?2 RETURNING \(columns)")

    /// Deletes a user from some entities.
    /// - Returns: the deleted rows.
    static func deleteSome(
        of userId: String, limit: Int, in tx: Transaction
    ) throws -> [Publisher] {
        try tx.rows(deletionOfUser, .text(userId), .int(limit), map: publisher)
    }

    private static let deletionOfUser = SQL(
        """
        DELETE FROM publishers WHERE user_id = ?1 AND entity_id IN (
            SELECT entity_id FROM publishers
            WHERE user_id = ?1 AND NOT \(UserRemoval.regranted("?1", "entity_id")) LIMIT ?2)
        RETURNING \(columns)
        """)

    /// Deletes some publishers of an entity.
    /// - Returns: the deleted rows.
    static func deleteSome(
        from entityId: String, limit: Int, in tx: Transaction
    ) throws -> [Publisher] {
        try tx.rows(deletionOfEntity, .text(entityId), .int(limit), map: publisher)
    }

    private static let deletionOfEntity = SQL(
        """
        DELETE FROM publishers WHERE entity_id = ?1 AND user_id IN (
            SELECT user_id FROM publishers INDEXED BY publishers_of_entity
            WHERE entity_id = ?1 LIMIT ?2)
        RETURNING \(columns)
        """)

    /// Some of the entities that a user publishes, in the order of ids, after `entityId`.
    static func some(
        of userId: String, after entityId: String, limit: Int, in db: some Queryable
    ) throws -> [Publisher] {
        try db.rows(ofUser, .text(userId), .text(entityId), .int(limit), map: publisher)
    }

    private static let ofUser = SQL(
        """
        SELECT \(columns) FROM publishers
        WHERE user_id = ?1 AND entity_id > ?2 ORDER BY entity_id LIMIT ?3
        """)

    private static func publisher(_ row: Row) -> Publisher {
        Publisher(
            entityId: row.text(0), userId: row.text(1), addedBy: row.text(2), addedAt: row.time(3),
            membershipId: row.textOrNil(4))
    }
}
