import Contract
import Kernel
import SQLite
import WriteKit

/// Rows of `shares`.
enum ShareStore {
    private static let columns = Columns(
        "id", "integration_id", "principal", "access_level", "created_at", "updated_at")

    /// - Parameter evenIfHidden: whether to find a share that a job will remove.
    static func find(
        _ principal: Principal, of integrationId: String, evenIfHidden: Bool = false,
        in db: some Queryable
    ) throws -> Share? {
        try db.row(
            evenIfHidden ? anyByPrincipal : byPrincipal, .text(principal.key),
            .text(integrationId), map: share)
    }

    private static let byPrincipal = SQL(
        "\(anyByPrincipal) AND NOT \(UserRemoval.hiding("?1", "?2"))")
    private static let anyByPrincipal = SQL(
        "SELECT \(columns) FROM shares WHERE principal = ?1 AND integration_id = ?2")

    /// Those of some shares that still give access, with the names of their integrations.
    static func standing(
        _ ids: [String], in db: some Queryable
    ) throws -> [StandingSharesReply.Share] {
        try db.rows(standing, .texts(ids)) {
            StandingSharesReply.Share(
                id: $0.text(0), thingId: $0.text(1), name: $0.text(2), level: Int($0.int(3)))
        }
    }

    private static let standing = SQL(
        """
        SELECT s.id, i.id, i.name, s.access_level
        FROM json_each(?1) w CROSS JOIN shares s ON s.id = w.value
            CROSS JOIN integrations i ON i.id = s.integration_id
        WHERE NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'integration.deleted' AND subject = i.id)
            AND NOT \(UserRemoval.hiding("s.principal", "s.integration_id"))
        """)

    /// Newest first.
    static func page(
        of integrationId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Share> {
        try db.page(ofIntegration, page, .text(integrationId), map: share)
    }

    static let list = LongList(
        "shares", of: "shares", by: "integration_id", order: .number("number"))

    private static let ofIntegration = PagedQuery(
        "\(columns, of: "r")", from: "shares", key: Columns("number"), by: "shares_of_integration",
        where: "integration_id = ?1", countedBy: list)

    /// Some shares of one integration, the oldest first.
    static func some(
        of integrationId: String, limit: Int, in db: some Queryable
    ) throws -> [Share] {
        try db.rows(oldest, .text(integrationId), .int(limit), map: share)
    }

    private static let oldest = SQL(
        "SELECT \(columns) FROM shares WHERE integration_id = ?1 ORDER BY number LIMIT ?2")

    /// Some shares of one principal, except those that a user got since their removal began.
    static func some(
        of principal: Principal, limit: Int, in db: some Queryable
    ) throws -> [Share] {
        try db.rows(ofPrincipal, .text(principal.key), .int(limit), map: share)
    }

    private static let ofPrincipal = SQL(
        """
        SELECT \(columns) FROM shares
        WHERE principal = ?1 AND NOT \(UserRemoval.regranted("?1", "integration_id"))
        ORDER BY integration_id LIMIT ?2
        """)

    /// The shares of an integration that a user has, personally and through teams.
    static func grants(
        of userId: String, to integrationId: String, in db: some Queryable
    ) throws -> [Grant] {
        try db.rows(grants, .text(userId), .text(integrationId)) {
            Grant(
                principal: Principal(key: $0.text(0)),
                level: AccessLevel(stored: Int($0.int(1))))
        }
    }

    private static let grants = SQL(
        """
        WITH principals (key) AS (
            SELECT ?1 WHERE NOT \(UserRemoval.hiding("?1", "?2"))
            UNION ALL SELECT 'team:' || team_id FROM team_members WHERE user_id = ?1
                AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = team_id)
                AND NOT \(UserRemoval.hiding("?1", "'team:' || team_id"))
        )
        SELECT s.principal, s.access_level FROM principals p CROSS JOIN shares s
            ON s.principal = p.key AND s.integration_id = ?2
        """)

    static func insert(_ share: Share, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(share.id), .text(share.integrationId), .text(share.principal.key),
            .int(share.level.value), .time(share.createdAt), .time(share.updatedAt))
    }

    private static let insertion = columns.insert(into: "shares")

    /// Writes the level.
    static func update(_ share: Share, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE shares SET access_level = ?3, updated_at = ?4
            WHERE principal = ?1 AND integration_id = ?2
            """, .text(share.principal.key), .text(share.integrationId),
            .int(share.level.value), .time(share.updatedAt))
    }

    static func delete(_ share: Share, in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM shares WHERE principal = ?1 AND integration_id = ?2",
            .text(share.principal.key), .text(share.integrationId))
    }

    private static func share(_ row: Row) -> Share {
        Share(
            id: row.text(0), integrationId: row.text(1), principal: Principal(key: row.text(2)),
            level: AccessLevel(stored: Int(row.int(3))), createdAt: row.time(4),
            updatedAt: row.time(5))
    }
}
