import Contract
import IntegrationsContract
import Kernel
import SQLite

/// Teams that a provider manages, and the version of each team; a migration step.
let provisionedTeamsSchema = """
    ALTER TABLE teams ADD COLUMN provider TEXT;
    -- NULL: since it was made.
    ALTER TABLE teams ADD COLUMN updated_at INTEGER;
    -- Grows with each change of the team and of its members.
    ALTER TABLE teams ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE teams ADD COLUMN folded_name TEXT NOT NULL DEFAULT '';
    UPDATE teams SET folded_name = folded(name);
    CREATE INDEX teams_by_name ON teams (folded_name, number);
    DROP TRIGGER member_joined;
    DROP TRIGGER member_left;
    CREATE TRIGGER member_joined AFTER INSERT ON team_members BEGIN
        UPDATE teams SET member_count = member_count + 1, version = version + 1
        WHERE id = new.team_id;
    END;
    CREATE TRIGGER member_left AFTER DELETE ON team_members BEGIN
        UPDATE teams SET member_count = member_count - 1, version = version + 1
        WHERE id = old.team_id;
    END;
    CREATE TRIGGER team_version AFTER UPDATE OF name, external_id, provider ON teams BEGIN
        UPDATE teams SET version = version + 1 WHERE id = new.id;
    END;
    """

/// Teams as a provider sees them. While a job deletes a team, nothing here sees it.
enum ProvisionedTeamStore {
    private static let selected: SQL.Parts = """
        r.id, r.number, r.name, r.external_id, r.created_at,
        coalesce(r.updated_at, r.created_at), r.version, r.provider IS NOT NULL
        """
    private static let exists: SQL.Parts = """
        NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = r.id)
        """

    /// - Returns: the teams, and how many there are of `from`.
    static func find(
        _ query: ProvisionedTeamsQuery, in db: some Queryable
    ) throws -> (teams: [ProvisionedTeam], total: Int?) {
        let limit = Value.int(query.limit)
        func rows(_ sql: SQL, _ value: Value) throws -> [ProvisionedTeam] {
            try db.rows(sql, value, limit) { try team($0, query.withMembers, db) }
        }
        switch query.which {
        case .ids(let ids): return (try rows(byIds, .texts(ids)), nil)
        case .externalId(let id): return (try rows(byExternalId, .text(id)), nil)
        case .name(let name): return (try rows(byName, .text(Text.folded(name))), nil)
        case .member(let userId): return (try rows(byMember, .text(userId)), nil)
        case .after(let number): return (try rows(afterNumber, .int(number)), nil)
        case .from(let start):
            let found = try db.oldest(TeamStore.numbers, from: start, count: query.limit) {
                Int($0.int(0))
            }
            // The list has the teams' numbers; each is one row.
            let teams = try found.items.flatMap { number in
                try db.rows(byNumber, .int(number)) { try team($0, query.withMembers, db) }
            }
            return (teams, found.total)
        }
    }

    /// A team without its members.
    static func find(_ id: String, in db: some Queryable) throws -> ProvisionedTeam? {
        try db.row(byId, .text(id), .int(1)) { try team($0, false, db) }
    }

    private static let byId = SQL(
        "SELECT \(selected) FROM teams r WHERE r.id = ?1 AND \(exists) LIMIT ?2")
    private static let byIds = SQL(
        """
        SELECT \(selected) FROM json_each(?1) AS wanted
        CROSS JOIN teams r ON r.id = wanted.value WHERE \(exists) LIMIT ?2
        """)
    private static let byExternalId = SQL(
        "SELECT \(selected) FROM teams r WHERE r.external_id = ?1 AND \(exists) LIMIT ?2")
    private static let byName = SQL(
        """
        SELECT \(selected) FROM teams r INDEXED BY teams_by_name
        WHERE r.folded_name = ?1 AND \(exists) ORDER BY r.number LIMIT ?2
        """)
    private static let byMember = SQL(
        """
        SELECT \(selected) FROM team_members m CROSS JOIN teams r ON r.id = m.team_id
        WHERE m.user_id = ?1 AND \(exists) ORDER BY r.number LIMIT ?2
        """)
    private static let afterNumber = SQL(
        """
        SELECT \(selected) FROM teams r
        WHERE r.number > ?1 AND \(exists) ORDER BY r.number LIMIT ?2
        """)
    private static let byNumber = SQL("SELECT \(selected) FROM teams r WHERE r.number = ?1")

    /// The longest-standing first.
    static func members(of teamId: String, in db: some Queryable) throws -> [String] {
        try db.rows(ofTeam, .text(teamId)) { $0.text(0) }
    }

    private static let ofTeam: SQL = """
        SELECT user_id FROM team_members INDEXED BY members_of_team
        WHERE team_id = ?1 ORDER BY joined_at, user_id
        """

    private static func team(
        _ row: Row, _ withMembers: Bool, _ db: some Queryable
    ) throws -> ProvisionedTeam {
        let id = row.text(0)
        return ProvisionedTeam(
            id: id, number: Int(row.int(1)), name: row.text(2), externalId: row.textOrNil(3),
            createdAt: row.time(4), updatedAt: row.time(5), version: Int(row.int(6)),
            isManaged: row.bool(7),
            memberIds: withMembers ? try members(of: id, in: db) : nil)
    }
}
