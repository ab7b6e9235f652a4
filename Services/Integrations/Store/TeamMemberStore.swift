import IntegrationsContract
import Kernel
import SQLite

/// Rows of `team_members`.
enum TeamMemberStore {
    static func find(
        _ userId: String, in teamId: String, _ db: some Queryable
    ) throws -> TeamMember? {
        try db.row(
            """
            SELECT user_id, team_id, role, joined_at FROM team_members
            WHERE user_id = ?1 AND team_id = ?2 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'team.deleted' AND subject = ?2)
            """, .text(userId), .text(teamId), map: member)
    }

    /// Newest first.
    static func page(
        of team: Team, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<TeamMember> {
        let items = try db.rows(
            """
            SELECT m.user_id, m.team_id, m.role, m.joined_at FROM (
                SELECT user_id FROM team_members INDEXED BY members_of_team WHERE team_id = ?1
                ORDER BY joined_at DESC, user_id DESC LIMIT ?2 OFFSET ?3
            ) page CROSS JOIN team_members m ON m.user_id = page.user_id AND m.team_id = ?1
            ORDER BY m.joined_at DESC, m.user_id DESC
            """, .text(team.id), .int(page.size), .int(page.offset), map: member)
        return Page(items, page, total: team.memberCount)
    }

    /// Some members of one team, the longest-standing first.
    static func some(
        in teamId: String, limit: Int, _ db: some Queryable
    ) throws -> [TeamMember] {
        try db.rows(
            """
            SELECT user_id, team_id, role, joined_at FROM team_members WHERE team_id = ?1
            ORDER BY joined_at, user_id LIMIT ?2
            """, .text(teamId), .int(limit), map: member)
    }

    /// Some memberships of one user.
    static func some(
        of userId: String, limit: Int, in db: some Queryable
    ) throws -> [TeamMember] {
        try db.rows(
            """
            SELECT user_id, team_id, role, joined_at FROM team_members WHERE user_id = ?1 LIMIT ?2
            """, .text(userId), .int(limit), map: member)
    }

    static func insert(_ member: TeamMember, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO team_members (user_id, team_id, role, joined_at) VALUES (?1, ?2, ?3, ?4)",
            .text(member.userId), .text(member.teamId), .text(member.role.rawValue),
            .time(member.joinedAt))
    }

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
