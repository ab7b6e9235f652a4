import Kernel
import SQLite

/// Rows of `memberships`, each with its role.
enum MembershipStore {
    static func find(
        _ userId: String, in organizationId: String, _ db: some Queryable
    ) throws -> Membership? {
        try db.row(
            """
            SELECT m.id, m.user_id, m.joined_at, r.id, r.organization_id, r.name, r.built_in,
                r.scopes
            FROM memberships m CROSS JOIN roles r ON r.id = m.role_id
            WHERE m.user_id = ?1 AND m.organization_id = ?2 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'organization.deleted' AND subject = ?2)
            """, .text(userId), .text(organizationId)
        ) { try membership($0) }
    }

    /// Newest first.
    static func page(
        of organizationId: String, total: Int, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Membership> {
        let items = try db.rows(
            """
            SELECT m.id, m.user_id, m.joined_at, r.id, r.organization_id, r.name, r.built_in,
                r.scopes
            FROM (
                SELECT user_id FROM memberships WHERE organization_id = ?1
                ORDER BY joined_at DESC, user_id DESC LIMIT ?2 OFFSET ?3
            ) page CROSS JOIN memberships m ON m.user_id = page.user_id AND m.organization_id = ?1
            CROSS JOIN roles r ON r.id = m.role_id ORDER BY m.joined_at DESC, m.user_id DESC
            """, .text(organizationId), .int(page.size), .int(page.offset)
        ) { try membership($0) }
        return Page(items, page, total: total)
    }

    /// The longest-standing members first.
    static func first(
        _ count: Int, of organizationId: String, in db: some Queryable
    ) throws -> [Membership] {
        try db.rows(
            """
            SELECT m.id, m.user_id, m.joined_at, r.id, r.organization_id, r.name, r.built_in,
                r.scopes
            FROM (
                SELECT user_id FROM memberships WHERE organization_id = ?1
                ORDER BY joined_at, user_id LIMIT ?2
            ) page CROSS JOIN memberships m ON m.user_id = page.user_id AND m.organization_id = ?1
            CROSS JOIN roles r ON r.id = m.role_id ORDER BY m.joined_at, m.user_id
            """, .text(organizationId), .int(count)
        ) { try membership($0) }
    }

    /// Any membership of a user.
    static func any(of userId: String, in db: some Queryable) throws -> Membership? {
        try db.row(
            """
            SELECT m.id, m.user_id, m.joined_at, r.id, r.organization_id, r.name, r.built_in,
                r.scopes
            FROM memberships m CROSS JOIN roles r ON r.id = m.role_id
            WHERE m.user_id = ?1 AND m.organization_id NOT IN (
                SELECT subject FROM jobs WHERE kind = 'organization.deleted')
            LIMIT 1
            """, .text(userId)
        ) { try membership($0) }
    }

    /// Whether the member's organization has another owner.
    static func hasOwner(besides member: Membership, in db: some Queryable) throws -> Bool {
        try oldest(.owner, of: member.organizationId, except: member.userId, in: db) != nil
    }

    /// The longest-standing member with a built-in role, except `userId`.
    static func oldest(
        _ role: BuiltInRole, of organizationId: String, except userId: String? = nil,
        in db: some Queryable
    ) throws -> String? {
        try db.row(
            """
            SELECT user_id FROM memberships WHERE role_id = (
                SELECT id FROM roles WHERE organization_id = ?1 AND folded_name = ?2
            ) AND user_id IS NOT ?3 ORDER BY joined_at, user_id LIMIT 1
            """, .text(organizationId), .text(role.rawValue), .text(userId)
        ) { $0.text(0) }
    }

    /// The longest-standing member, except `userId`.
    static func oldest(
        of organizationId: String, except userId: String, in db: some Queryable
    ) throws -> String? {
        try db.row(
            """
            SELECT user_id FROM memberships WHERE organization_id = ?1 AND user_id <> ?2
            ORDER BY joined_at, user_id LIMIT 1
            """, .text(organizationId), .text(userId)
        ) { $0.text(0) }
    }

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
