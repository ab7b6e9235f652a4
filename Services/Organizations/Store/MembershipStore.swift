import Kernel
import SQLite
import WriteKit

/// Rows of `memberships`, each with its role.
enum MembershipStore {
    private static let columns = SQL(
        "r.id, r.user_id, r.joined_at, \(RoleStore.columns, of: "o")")
    private static let withRole: SQL.Parts = "CROSS JOIN roles o ON o.id = r.role_id"

    /// - Parameter evenIfHidden: whether to find a membership that a job will end.
    static func find(
        _ userId: String, in organizationId: String, evenIfHidden: Bool = false,
        _ db: some Queryable
    ) throws -> Membership? {
        try db.row(
            evenIfHidden ? anyByUser : byUser, .text(userId), .text(organizationId),
            map: membership)
    }

    private static let byUser = SQL(
        "\(anyByUser) AND NOT \(UserRemoval.hiding("?1", "?2"))")
    private static let anyByUser = SQL(
        """
        SELECT \(columns) FROM memberships r \(withRole)
        WHERE r.user_id = ?1 AND r.organization_id = ?2 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'organization.deleted' AND subject = ?2)
        """)

    /// Newest first.
    static func page(
        of organizationId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Membership> {
        try db.page(ofOrganization, page, .text(organizationId), map: membership)
    }

    static let list = LongList(
        "members", of: "memberships", by: "organization_id",
        order: .time("joined_at", id: "user_id"))

    private static let ofOrganization = PagedQuery(
        "\(columns)", from: "memberships", key: Columns("user_id", "organization_id"),
        joining: withRole, by: "members_of_organization", where: "organization_id = ?1",
        newestFirst: Columns("joined_at", "user_id"),
        countedBy: list)

    /// The longest-standing members first.
    static func first(
        _ count: Int, of organizationId: String, in db: some Queryable
    ) throws -> [Membership] {
        try db.rows(oldest, .text(organizationId), .int(count), map: membership)
    }

    private static let oldest = SQL(
        """
        SELECT \(columns) FROM (
            SELECT user_id FROM memberships WHERE organization_id = ?1
            ORDER BY joined_at, user_id LIMIT ?2
        ) page CROSS JOIN memberships r ON r.user_id = page.user_id AND r.organization_id = ?1
        \(withRole) ORDER BY r.joined_at, r.user_id
        """)

    /// The ids of members in ascending order, from after one on.
    static func userIds(
        of organizationId: String, after userId: String, limit: Int, in db: some Queryable
    ) throws -> [String] {
        try db.rows(
            """
            SELECT user_id FROM memberships WHERE organization_id = ?1 AND user_id > ?2
            ORDER BY user_id LIMIT ?3
            """, .text(organizationId), .text(userId), .int(limit)
        ) { $0.text(0) }
    }

    /// Any membership of a user, except those that they got since their removal began.
    static func any(of userId: String, in db: some Queryable) throws -> Membership? {
        try db.row(anyOfUser, .text(userId), map: membership)
    }

    private static let anyOfUser = SQL(
        """
        SELECT \(columns) FROM memberships r \(withRole)
        WHERE r.user_id = ?1 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'organization.deleted' AND subject = r.organization_id)
            AND NOT \(UserRemoval.regranted("?1", "r.organization_id"))
        LIMIT 1
        """)

    /// Whether the member's organization has another owner.
    static func hasOwner(besides member: Membership, in db: some Queryable) throws -> Bool {
        try oldest(.owner, of: member.organizationId, except: member.userId, in: db) != nil
    }

    /// The longest-standing member with a built-in role, except `userId`, and except those who are
    /// no longer members.
    static func oldest(
        _ role: BuiltInRole, of organizationId: String, except userId: String? = nil,
        in db: some Queryable
    ) throws -> String? {
        try db.row(
            oldestOfRole, .text(organizationId), .text(role.rawValue), .text(userId)
        ) { $0.text(0) }
    }

    private static let oldestOfRole = SQL(
        """
        SELECT user_id FROM memberships WHERE role_id = (
            SELECT id FROM roles WHERE organization_id = ?1 AND folded_name = ?2
        ) AND user_id IS NOT ?3 AND NOT \(UserRemoval.hiding("user_id", "?1"))
        ORDER BY joined_at, user_id LIMIT 1
        """)

    /// Who gets an organization that `userId`, its last owner, leaves: the longest-standing admin,
    /// else member. Suspended users come last.
    static func successor(
        of userId: String, in organizationId: String, _ db: some Queryable
    ) throws -> String? {
        let values: [Value] = [.text(organizationId), .text(userId)]
        return try db.row(oldestActiveAdmin, values: values) { $0.text(0) }
            ?? db.row(oldestActive, values: values) { $0.text(0) }
            ?? oldest(.admin, of: organizationId, except: userId, in: db)
            ?? db.row(oldestOfAll, values: values) { $0.text(0) }
    }

    private static let others = SQL(
        """
        SELECT user_id FROM memberships WHERE organization_id = ?1 AND user_id <> ?2
            AND NOT \(UserRemoval.hiding("user_id", "?1"))
        """)
    private static let areAdmins: SQL = """
        AND role_id = (
            SELECT id FROM roles WHERE organization_id = ?1 AND folded_name = 'admin')
        """
    private static let first: SQL = "ORDER BY joined_at, user_id LIMIT 1"
    private static let active = SQL(SuspendedUsers.excluding("user_id"))
    private static let oldestActiveAdmin = SQL("\(others) \(areAdmins) AND \(active) \(first)")
    private static let oldestActive = SQL("\(others) AND \(active) \(first)")
    private static let oldestOfAll = SQL("\(others) \(first)")

    static func insert(_ membership: Membership, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO memberships (user_id, organization_id, id, role_id, joined_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, .text(membership.userId), .text(membership.organizationId),
            .text(membership.id), .text(membership.role.id), .time(membership.joinedAt))
    }

    static func setRole(
        _ roleId: String, of userId: String, in organizationId: String, _ tx: Transaction
    ) throws {
        try tx.execute(
            "UPDATE memberships SET role_id = ?3 WHERE user_id = ?1 AND organization_id = ?2",
            .text(userId), .text(organizationId), .text(roleId))
    }

    static func delete(
        _ userId: String, in organizationId: String, _ tx: Transaction
    ) throws {
        try tx.execute(
            "DELETE FROM memberships WHERE user_id = ?1 AND organization_id = ?2",
            .text(userId), .text(organizationId))
    }

    private static func membership(_ row: Row) throws -> Membership {
        let role = try RoleStore.role(row, from: 3)
        return Membership(
            id: row.text(0), organizationId: role.organizationId, userId: row.text(1), role: role,
            joinedAt: row.time(2))
    }
}
