import IntegrationsContract
import Kernel
import SQLite
import WriteKit

/// Rows of `team_members`.
enum TeamMemberStore {
    private static let columns = Columns("user_id", "team_id", "role", "joined_at")

    /// - Parameter evenIfHidden: whether to find a membership that a job will end.
    static func find(
        _ userId: String, in teamId: String, evenIfHidden: Bool = false, _ db: some Queryable
    ) throws -> TeamMember? {
        try db.row(
            evenIfHidden ? anyByUser : byUser, .text(userId), .text(teamId), map: member)
    }

    private static let byUser = SQL(
        "\(anyByUser) AND NOT \(UserRemoval.hiding("?1", "'team:' || ?2"))")
    private static let anyByUser = SQL(
        """
        SELECT \(columns) FROM team_members
        WHERE user_id = ?1 AND team_id = ?2 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = ?2)
        """)

    /// Newest first.
    static func page(
        of teamId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<TeamMember> {
        try db.page(ofTeam, page, .text(teamId), map: member)
    }

    private static let ofTeam = PagedQuery(
        "\(columns, of: "r")", from: "team_members", key: Columns("user_id", "team_id"),
        by: "members_of_team", where: "team_id = ?1", newestFirst: Columns("joined_at", "user_id"),
        count: SQL("SELECT member_count FROM teams WHERE id = ?1"))

    /// Some members of one team, the longest-standing first.
    static func some(
        in teamId: String, limit: Int, _ db: some Queryable
    ) throws -> [TeamMember] {
        try db.rows(oldest, .text(teamId), .int(limit), map: member)
    }

    private static let oldest = SQL(
        """
        SELECT \(columns) FROM team_members WHERE team_id = ?1
        ORDER BY joined_at, user_id LIMIT ?2
        """)

    /// The longest-standing admins, who receive the team's events: not all of them, since each gets
    /// a copy.
    static func admins(of teamId: String, in db: some Queryable) throws -> [String] {
        try db.rows(ofAdmins, .text(teamId), .int(notified)) { $0.text(0) }
    }

    /// How many.
    static let notified = 20

    private static let ofAdmins: SQL = """
        SELECT user_id FROM team_members INDEXED BY admins_of_team
        WHERE team_id = ?1 AND role = 'admin' ORDER BY joined_at, user_id
        LIMIT ?2
        """

    /// Some memberships of one user, except those that they got since their removal began.
    static func some(
        of userId: String, limit: Int, in db: some Queryable
    ) throws -> [TeamMember] {
        try db.rows(someOfUser, .text(userId), .int(limit), map: member)
    }

    private static let someOfUser = SQL(
        """
        SELECT \(columns) FROM team_members
        WHERE user_id = ?1 AND NOT \(UserRemoval.regranted("?1", "'team:' || team_id")) LIMIT ?2
        """)

    static func insert(_ member: TeamMember, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(member.userId), .text(member.teamId), .text(member.role.rawValue),
            .time(member.joinedAt))
    }

    private static let insertion = columns.insert(into: "team_members")

    /// Writes the role.
    static func update(_ member: TeamMember, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE team_members SET role = ?3 WHERE user_id = ?1 AND team_id = ?2",
            .text(member.userId), .text(member.teamId), .text(member.role.rawValue))
    }

    static func delete(_ member: TeamMember, in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM team_members WHERE user_id = ?1 AND team_id = ?2",
            .text(member.userId), .text(member.teamId))
    }

    private static func member(_ row: Row) throws -> TeamMember {
        guard let role = TeamRole(rawValue: row.text(2)) else {
            throw Fault.unexpected("unknown team role in the database")
        }
        return TeamMember(
            teamId: row.text(1), userId: row.text(0), role: role, joinedAt: row.time(3))
    }
}
