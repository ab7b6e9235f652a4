import Contract
import Kernel
import SQLite
import WriteKit

/// Rows of `teams`. While a job deletes a team, only that job's queries see its row.
enum TeamStore {
    private static let columns = Columns(
        "id", "name", "created_at", "member_count", "external_id", "provider")
    static let externalIds = ExternalIDs(of: "teams")

    static func find(_ id: String, in db: some Queryable) throws -> Team? {
        try db.row(byId, .text(id), map: team)
    }

    private static let byId = SQL(
        """
        SELECT \(columns) FROM teams WHERE id = ?1 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = ?1)
        """)

    /// The existing teams among some ids.
    static func all(_ ids: [String], in db: some Queryable) throws -> [Team] {
        guard !ids.isEmpty else { return [] }
        return try db.rows(byIds, .texts(ids), map: team)
    }

    private static let byIds = SQL(
        """
        SELECT \(columns, of: "t") FROM json_each(?1) AS wanted
        CROSS JOIN teams t ON t.id = wanted.value
        WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = t.id)
        """)

    /// Includes teams that are being deleted: a new team must not inherit what the former one had.
    static func isTaken(_ id: String, in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM teams WHERE id = ?1", .text(id)) { _ in true } ?? false
    }

    /// All teams, newest first.
    static func page(
        search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Team> {
        guard let search else { return try db.page(all, page, map: team) }
        return try db.page(found, page, .text(Text.folded(search)), map: team)
    }

    static let list = LongList("teams", of: "teams", order: .number("number"))

    private static let all = every("\(columns, of: "r")")
    /// The numbers of all teams.
    static let numbers = every("r.number")

    private static func every(_ selected: SQL.Parts) -> PagedQuery {
        PagedQuery(
            selected, from: "teams", key: Columns("number"), where: exists, countedBy: list,
            hidden: SQL(
                """
                SELECT count(*) FROM jobs j CROSS JOIN teams t ON t.id = j.subject
                WHERE j.kind = 'team.deleted'
                """))
    }

    private static let found = PagedQuery(
        "\(columns, of: "r")", from: "teams", key: Columns("number"),
        where: "instr(search_text, ?1) > 0 AND \(exists)")
    private static let exists: SQL.Parts =
        "NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = id)"

    /// The teams of a user, newest first.
    static func page(
        of userId: String, search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Team> {
        try db.page(ofUser, page, .text(userId), .text(search.map(Text.folded)), map: team)
    }

    private static let ofUser = PagedQuery(
        "\(columns, of: "r")", from: "teams", key: Columns("number"),
        findingIn: "team_members m CROSS JOIN teams t ON t.id = m.team_id",
        where: """
            user_id = ?1 AND \(exists) AND NOT \(UserRemoval.hiding("?1", "'team:' || t.id"))
                AND (?2 IS NULL OR instr(search_text, ?2) > 0)
            """)

    /// - Parameter userId: toward whose quota it counts; nil for a provider's.
    static func insert(_ team: Team, createdBy userId: String?, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO teams (
                id, name, folded_name, created_at, search_text, created_by, external_id, provider)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """, .text(team.id), .text(team.name), .text(Text.folded(team.name)),
            .time(team.createdAt), .text(team.searchText), .text(userId), .text(team.externalId),
            .text(team.managedBy?.rawValue))
    }

    /// Writes name, external id and what manages it.
    static func update(_ team: Team, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE teams SET name = ?2, folded_name = ?3, search_text = ?4, external_id = ?5,
                provider = ?6
            WHERE id = ?1
            """,
            .text(team.id), .text(team.name), .text(Text.folded(team.name)),
            .text(team.searchText), .text(team.externalId), .text(team.managedBy?.rawValue))
    }

    /// Notes that the team or its members have changed.
    static func touch(_ id: String, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE teams SET updated_at = max(?2, coalesce(updated_at, created_at)) WHERE id = ?1
            """, .text(id), .time(tx.now))
    }

    /// Clears the external id of a team that is being deleted. Its id stays taken until then.
    static func hide(_ id: String, in tx: Transaction) throws {
        try tx.execute("UPDATE teams SET external_id = NULL WHERE id = ?1", .text(id))
    }

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM teams WHERE id = ?1", .text(id))
    }

    private static func team(_ row: Row) -> Team {
        Team(
            id: row.text(0), name: row.text(1), createdAt: row.time(2),
            memberCount: Int(row.int(3)), externalId: row.textOrNil(4),
            managedBy: row.textOrNil(5).flatMap(ManagedBy.init))
    }
}
