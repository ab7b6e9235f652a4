import Contract
import Kernel
import SQLite
import WriteKit

/// Rows of `shares`.
enum ShareStore {
    static let columns = Columns("id", "entity_id", "user_id", "created_by", "created_at")

    /// A share and its entity.
    struct WithEntity {
        let share: Share
        let entity: Entity
    }

    static func find(
        _ id: String, of entityId: String, in db: some Queryable
    ) throws -> Share? {
        try db.row(byId, .text(id), .text(entityId), map: share)
    }

    private static let byId = SQL(
        """
        SELECT \(columns) FROM shares WHERE id = ?1 AND entity_id = ?2 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?2)
        """)

    /// Those of some shares that still give access, with the names of their entities.
    static func standing(
        _ ids: [String], in db: some Queryable
    ) throws -> [StandingSharesReply.Share] {
        try db.rows(standing, .texts(ids)) {
            StandingSharesReply.Share(id: $0.text(0), thingId: $0.text(1), name: $0.text(2))
        }
    }

    private static let standing = SQL(
        """
        SELECT s.id, e.id, e.name FROM json_each(?1) w CROSS JOIN shares s ON s.id = w.value
            CROSS JOIN entities e ON e.id = s.entity_id
        WHERE NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = e.id)
            AND NOT \(UserRemoval.hiding("s.user_id", "s.entity_id"))
        """)

    static func find(with query: AccessQuery, in db: some Queryable) throws -> Share? {
        try db.row(byUser, .text(query.userId), .text(query.entityId), map: share)
    }

    private static let byUser = SQL(
        """
        SELECT \(columns) FROM shares WHERE user_id = ?1 AND entity_id = ?2
            AND NOT \(UserRemoval.hiding("?1", "?2"))
        """)

    /// The first users after an id with whom an entity is shared, by id.
    static func userIds(_ range: PeopleRange, in db: some Queryable) throws -> [String] {
        try db.rows(
            """
            SELECT user_id FROM shares INDEXED BY shares_by_user
            WHERE entity_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3
            """, .text(range.entityId), .text(range.after), .int(range.limit)
        ) { $0.text(0) }
    }

    static func insert(_ share: Share, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(share.id), .text(share.entityId), .text(share.userId),
            .text(share.createdBy), .time(share.createdAt))
    }

    private static let insertion = columns.insert(into: "shares")

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM shares WHERE id = ?1", .text(id))
    }

    /// Deletes a user's share of an entity, even a hidden one.
    /// - Returns: the deleted row, if there was one.
    static func delete(with pair: AccessQuery, in tx: Transaction) throws -> [Share] {
        try tx.rows(deletionOfPair, .text(pair.userId), .text(pair.entityId), map: share)
    }

    private static let deletionOfPair = SQL(
        "DELETE FROM shares WHERE user_id = ?1 AND entity_id = ?2 RETURNING \(columns)")

    /// Deletes some of the shares that a user received.
    /// - Returns: the deleted rows.
    static func deleteSome(
        with userId: String, limit: Int, in tx: Transaction
    ) throws -> [Share] {
        try tx.rows(deletionOfReceived, .text(userId), .int(limit), map: share)
    }

    private static let deletionOfReceived = SQL(
        """
        DELETE FROM shares WHERE id IN (
            SELECT id FROM shares INDEXED BY shares_received
            WHERE user_id = ?1 AND NOT \(UserRemoval.regranted("?1", "entity_id")) LIMIT ?2)
        RETURNING \(columns)
        """)

    /// Deletes some of an entity's shares.
    /// - Returns: the deleted rows.
    static func deleteSome(
        of entityId: String, limit: Int, in tx: Transaction
    ) throws -> [Share] {
        try tx.rows(deletionOfEntity, .text(entityId), .int(limit), map: share)
    }

    private static let deletionOfEntity = SQL(
        """
        DELETE FROM shares WHERE id IN (
            SELECT id FROM shares INDEXED BY shares_of_entity WHERE entity_id = ?1 LIMIT ?2)
        RETURNING \(columns)
        """)

    /// The last share that a user gave.
    static func lastGiven(by userId: String, in db: some Queryable) throws -> String? {
        try db.row(
            """
            SELECT id FROM shares INDEXED BY shares_given WHERE created_by = ?1
            ORDER BY id DESC LIMIT 1
            """, .text(userId)
        ) { $0.text(0) }
    }

    /// Makes each entity's owner the creator of some of the shares that `userId` gave, up to the
    /// share `last` if it is named.
    /// - Returns: the updated rows.
    static func passOn(
        givenBy userId: String, upTo last: String?, limit: Int, in tx: Transaction
    ) throws -> [Share] {
        try tx.rows(passing, .text(userId), .int(limit), .text(last), map: share)
    }

    private static let passing = SQL(
        """
        UPDATE shares SET created_by = (
            SELECT owner_id FROM entities WHERE id = shares.entity_id
        ) WHERE id IN (
            SELECT id FROM shares INDEXED BY shares_given WHERE created_by = ?1
                AND (?3 IS NULL OR id <= ?3)
                AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = entity_id)
                AND ?1 <> (SELECT owner_id FROM entities e WHERE e.id = entity_id)
            LIMIT ?2)
        RETURNING \(columns)
        """)

    /// Newest first; with `userId`, only those that the user gave or received.
    static func page(
        of entityId: String, givenOrGotBy userId: String?, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<Share> {
        guard let userId else { return try db.page(ofEntity, page, .text(entityId), map: share) }
        let given = try db.row(
            "SELECT used FROM quota_usage WHERE quota = 'shares' AND holder = ?1", .text(userId)
        ) { Int($0.int(0)) }
        return try db.page(
            given ?? 0 <= fewGiven ? ofEntityAndFewGiven : ofEntityAndUser, page,
            .text(entityId), .text(userId), map: share)
    }

    /// Up to so many shares that a user gave anywhere are looked through, rather than those of an
    /// entity.
    private static let fewGiven = 1_000

    static let listOfEntity = LongList(
        "shares_of_entity", of: "shares", by: "entity_id", order: .id("id"))

    private static let ofEntity = PagedQuery(
        "\(columns, of: "r")", from: "shares", by: "shares_of_entity", where: "entity_id = ?1",
        countedBy: listOfEntity)
    private static let ofEntityAndUser = PagedQuery(
        "\(columns, of: "r")", from: "shares", by: "shares_of_entity",
        where: "entity_id = ?1 AND (user_id = ?2 OR created_by = ?2)")
    private static let ofEntityAndFewGiven = PagedQuery(
        "\(columns, of: "r")", from: "shares",
        findingIn: """
            (SELECT id FROM shares WHERE user_id = ?2 AND entity_id = ?1
            UNION
            SELECT id FROM shares INDEXED BY shares_given WHERE created_by = ?2 AND entity_id = ?1
            ) mine
            """, where: "1")

    static func share(_ row: Row) -> Share {
        Share(
            id: row.text(0), entityId: row.text(1), userId: row.text(2), createdBy: row.text(3),
            createdAt: row.time(4))
    }
}
