import Kernel
import SQLite

/// Rows of `teams`. While a job deletes a team, only that job's queries see its row.
enum TeamStore {
    static func find(_ id: String, in db: some Queryable) throws -> Team? {
        try db.row(
            """
            SELECT id, name, created_at, member_count FROM teams WHERE id = ?1 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = ?1)
            """, .text(id), map: team)
    }

    /// The existing teams among some ids.
    static func all(_ ids: [String], in db: some Queryable) throws -> [Team] {
        guard !ids.isEmpty else { return [] }
        return try db.rows(
            """
            SELECT t.id, t.name, t.created_at, t.member_count
            FROM json_each(?1) AS wanted CROSS JOIN teams t ON t.id = wanted.value
            WHERE t.id NOT IN (SELECT subject FROM jobs WHERE kind = 'team.deleted')
            """, .texts(ids), map: team)
    }

    /// Includes teams that are being deleted: a new team must not inherit what the former one had.
    static func isTaken(_ id: String, in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM teams WHERE id = ?1", .text(id)) { _ in true } ?? false
    }

    /// All teams, newest first.
    static func page(
        search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Team> {
        let search = Value.text(search.map(Text.folded))
        let items = try db.rows(
            """
            SELECT t.id, t.name, t.created_at, t.member_count FROM (
                SELECT number FROM teams WHERE (?1 IS NULL OR instr(search_text, ?1) > 0)
                    AND id NOT IN (SELECT subject FROM jobs WHERE kind = 'team.deleted')
                ORDER BY number DESC LIMIT ?2 OFFSET ?3
            ) page CROSS JOIN teams t ON t.number = page.number ORDER BY t.number DESC
            """, search, .int(page.size), .int(page.offset), map: team)
        let total = try db.row(
            """
            SELECT count(*) FROM teams WHERE (?1 IS NULL OR instr(search_text, ?1) > 0)
                AND id NOT IN (SELECT subject FROM jobs WHERE kind = 'team.deleted')
            """, search
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    /// The teams of a user, newest first.
    static func page(
        of userId: String, search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Team> {
        let (user, search) = (Value.text(userId), Value.text(search.map(Text.folded)))
        let items = try db.rows(
            """
            SELECT t.id, t.name, t.created_at, t.member_count
            FROM team_members m CROSS JOIN teams t ON t.id = m.team_id
            WHERE m.user_id = ?1
                AND m.team_id NOT IN (SELECT subject FROM jobs WHERE kind = 'team.deleted')
                AND (?2 IS NULL OR instr(t.search_text, ?2) > 0)
            ORDER BY t.number DESC LIMIT ?3 OFFSET ?4
            """, user, search, .int(page.size), .int(page.offset), map: team)
        let total = try db.row(
            """
            SELECT count(*) FROM team_members m CROSS JOIN teams t ON t.id = m.team_id
            WHERE m.user_id = ?1
                AND m.team_id NOT IN (SELECT subject FROM jobs WHERE kind = 'team.deleted')
                AND (?2 IS NULL OR instr(t.search_text, ?2) > 0)
            """, user, search
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    static func insert(_ team: Team, createdBy userId: String, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO teams (id, name, created_at, search_text, created_by)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, .text(team.id), .text(team.name), .time(team.createdAt),
            .text(team.searchText), .text(userId))
    }

    /// Writes the name.
    static func update(_ team: Team, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE teams SET name = ?2, search_text = ?3 WHERE id = ?1", .text(team.id),
            .text(team.name), .text(team.searchText))
    }

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM teams WHERE id = ?1", .text(id))
    }

    private static func team(_ row: Row) -> Team {
        Team(
            id: row.text(0), name: row.text(1), createdAt: row.time(2),
            memberCount: Int(row.int(3)))
    }
}
