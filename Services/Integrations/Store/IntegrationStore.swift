import Kernel
import SQLite
import WriteKit

/// Rows of `integrations`. While a job deletes an integration, only that job's queries see its row.
enum IntegrationStore {
    private static let columns = Columns(
        "id", "slug", "name", "description", "owner", "created_at", "updated_at", "share_count",
        "external_id")
    static let externalIds = ExternalIDs(of: "integrations")

    /// - Parameter reference: an id or slug; no slug looks like an id.
    static func find(_ reference: String, in db: some Queryable) throws -> Integration? {
        let isId = IDMinter.isWellFormed(reference, prefix: "int_")
        return try db.row(isId ? byId : bySlug, .text(reference), map: integration)
    }

    private static let byId = SQL(
        """
        SELECT \(columns) FROM integrations WHERE id = ?1 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'integration.deleted' AND subject = ?1)
        """)
    private static let bySlug = SQL("SELECT \(columns) FROM integrations WHERE slug = ?1")

    /// Who receives the events of an integration; nobody of one that a job is deleting, whose row
    /// has no owner.
    static func audience(of id: String, in db: some Queryable) throws -> EventAudience {
        let owner = try db.row(
            "SELECT owner FROM integrations WHERE id = ?1 AND owner <> ''", .text(id)
        ) { Principal(key: $0.text(0)) }
        return try owner?.audience(in: db) ?? .platform
    }

    static func isSlugTaken(_ slug: String, in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM integrations WHERE slug = ?1", .text(slug)) { _ in true }
            ?? false
    }

    /// Some integrations of one owner, except those that a user got since their removal began.
    static func some(
        of owner: Principal, limit: Int, in db: some Queryable
    ) throws -> [Integration] {
        try db.rows(ofOwner, .text(owner.key), .int(limit), map: integration)
    }

    private static let ofOwner = SQL(
        """
        SELECT \(columns) FROM integrations
        WHERE owner = ?1 AND NOT \(UserRemoval.regranted("?1", "id")) ORDER BY id LIMIT ?2
        """)

    static func hasAny(of owner: Principal, in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM integrations WHERE owner = ?1 LIMIT 1", .text(owner.key)) { _ in
            true
        } ?? false
    }

    static func insert(
        _ integration: Integration, createdBy userId: String, in tx: Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO integrations
                (id, slug, name, description, owner, created_at, updated_at, search_text,
                created_by, external_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """, .text(integration.id), .text(integration.slug), .text(integration.name),
            .text(integration.description), .text(integration.owner.key),
            .time(integration.createdAt), .time(integration.updatedAt),
            .text(integration.searchText), .text(userId), .text(integration.externalId))
    }

    /// Writes all columns except its id, its creation and the number of shares.
    static func update(_ integration: Integration, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE integrations SET slug = ?2, name = ?3, description = ?4, owner = ?5,
                updated_at = ?6, search_text = ?7, external_id = ?8
            WHERE id = ?1
            """, .text(integration.id), .text(integration.slug), .text(integration.name),
            .text(integration.description), .text(integration.owner.key),
            .time(integration.updatedAt), .text(integration.searchText),
            .text(integration.externalId))
    }

    /// Clears slug, external id and owner of an integration that is being deleted, so that none of
    /// them finds it.
    static func hide(_ id: String, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE integrations SET slug = id, owner = '', external_id = NULL WHERE id = ?1
            """, .text(id))
    }

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM integrations WHERE id = ?1", .text(id))
    }

    /// All integrations, newest first.
    static func page(
        search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Integration> {
        guard let search else { return try db.page(all, page, map: integration) }
        return try db.page(found, page, .text(Text.folded(search)), map: integration)
    }

    static let list = LongList("integrations", of: "integrations", order: .id("id"))

    private static let all = PagedQuery(
        "\(columns, of: "r")", from: "integrations", where: exists, countedBy: list,
        hidden: SQL(
            """
            SELECT count(*) FROM jobs j CROSS JOIN integrations i ON i.id = j.subject
            WHERE j.kind = 'integration.deleted'
            """))
    private static let found = PagedQuery(
        "\(columns, of: "r")", from: "integrations",
        where: "instr(search_text, ?1) > 0 AND \(exists)")
    private static let exists: SQL.Parts =
        "NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'integration.deleted' AND subject = id)"

    /// The integrations that a user or one of their teams owns or has a share of, newest first.
    static func page(
        of userId: String, search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Integration> {
        try db.page(
            ofUser, page, .text(userId), .text(search.map(Text.folded)), map: integration)
    }

    private static let ofUser = PagedQuery(
        "\(columns, of: "r")", from: "integrations",
        findingIn: """
            (WITH principals (key) AS (
                SELECT ?1 UNION ALL SELECT 'team:' || team_id FROM team_members WHERE user_id = ?1
                    AND NOT EXISTS (
                        SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = team_id)
                    AND NOT \(UserRemoval.hiding("?1", "'team:' || team_id"))
            )
            SELECT i.id FROM principals p CROSS JOIN integrations i ON i.owner = p.key
            WHERE NOT \(UserRemoval.hiding("p.key", "i.id"))
            UNION
            SELECT s.integration_id FROM principals p CROSS JOIN shares s ON s.principal = p.key
            WHERE NOT \(UserRemoval.hiding("p.key", "s.integration_id"))
            ) visible
            """,
        where: """
            \(exists) AND (?2 IS NULL OR instr(
                    (SELECT search_text FROM integrations i WHERE i.id = visible.id), ?2) > 0)
            """)

    /// The users who own an integration or have a share of it, personally or through a team, in the
    /// order of their ids, from after one on.
    static func people(
        of id: String, after userId: String, limit: Int, in db: some Queryable
    ) throws -> [String] {
        try db.rows(
            """
            WITH principals (key) AS (
                SELECT owner FROM integrations WHERE id = ?1
                UNION SELECT principal FROM shares WHERE integration_id = ?1
            )
            SELECT key AS user_id FROM principals WHERE key NOT LIKE 'team:%' AND key > ?2
            UNION
            SELECT m.user_id FROM principals p CROSS JOIN team_members m
                ON m.team_id = substr(p.key, 6)
            WHERE p.key LIKE 'team:%' AND m.user_id > ?2
                AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = m.team_id)
            ORDER BY user_id LIMIT ?3
            """, .text(id), .text(userId), .int(limit)
        ) { $0.text(0) }
    }

    private static func integration(_ row: Row) -> Integration {
        Integration(
            id: row.text(0), slug: row.text(1), name: row.text(2), description: row.textOrNil(3),
            owner: Principal(key: row.text(4)), createdAt: row.time(5), updatedAt: row.time(6),
            shareCount: Int(row.int(7)), externalId: row.textOrNil(8))
    }
}
