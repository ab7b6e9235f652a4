import SQLite
import WriteKit

/// Access through stores, and users with a common organization: what other services query.
enum AccessStore {
    /// The indices of the `entityIds` that the user can access through a store.
    static func storeAccess(
        of userId: String, to entityIds: [String], in db: some Queryable
    ) throws -> (organizationStore: [Int], publicStore: [Int]) {
        if entityIds.count == 1 { return try access(of: userId, to: entityIds[0], in: db) }
        var found: (organizationStore: [Int], publicStore: [Int]) = ([], [])
        let grants = try db.rows(accessToMany, .text(userId), .texts(entityIds)) {
            (place: Int($0.int(0)), isMember: $0.int(1) != 0, isPublic: $0.int(2) != 0)
        }
        for grant in grants.sorted(by: { $0.place < $1.place }) {
            if grant.isMember { found.organizationStore.append(grant.place) }
            if grant.isPublic { found.publicStore.append(grant.place) }
        }
        return found
    }

    /// The same for one entity, as in most checks.
    private static func access(
        of userId: String, to entityId: String, in db: some Queryable
    ) throws -> (organizationStore: [Int], publicStore: [Int]) {
        let grant = try db.row(accessToOne, .text(userId), .text(entityId)) {
            (isMember: $0.int(0) != 0, isPublic: $0.int(1) != 0)
        }
        return (grant?.isMember == true ? [0] : [], grant?.isPublic == true ? [0] : [])
    }

    private static let accessToMany = SQL(
        """
        SELECT o.key, max(m.user_id IS NOT NULL), max(p.is_public)
        FROM json_each(?2) o CROSS JOIN publications p ON p.entity_id = o.value
            AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'organization.deleted'
                    AND subject = p.organization_id)
        LEFT JOIN memberships m ON m.user_id = ?1 AND m.organization_id = p.organization_id
            AND \(isMember)
        GROUP BY o.key
        """)
    private static let accessToOne = SQL(
        """
        SELECT max(m.user_id IS NOT NULL), max(p.is_public) FROM publications p
        LEFT JOIN memberships m ON m.user_id = ?1 AND m.organization_id = p.organization_id
            AND \(isMember)
        WHERE p.entity_id = ?2 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'organization.deleted' AND subject = p.organization_id)
        """)
    private static let isMember: SQL.Parts =
        "NOT \(UserRemoval.hiding("?1", "m.organization_id"))"

    /// The organizations whose stores are open to a user as a member.
    static func organizations(of userId: String, in db: some Queryable) throws -> [String] {
        try db.rows(organizationsOfMember, .text(userId)) { $0.text(0) }
    }

    private static let organizationsOfMember = SQL(
        """
        SELECT m.organization_id FROM memberships m
        WHERE m.user_id = ?1 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'organization.deleted'
                AND subject = m.organization_id) AND \(isMember)
        """)

    /// The `others` who share an organization with the user.
    static func colleagues(
        of userId: String, among others: [String], in db: some Queryable
    ) throws -> [String] {
        try db.rows(colleagues, .text(userId), .texts(others)) { $0.text(0) }
    }

    private static let colleagues = SQL(
        """
        SELECT o.value FROM json_each(?2) o WHERE EXISTS (
            SELECT 1 FROM memberships m CROSS JOIN memberships theirs
                ON theirs.user_id = o.value AND theirs.organization_id = m.organization_id
                AND NOT \(UserRemoval.hiding("theirs.user_id", "theirs.organization_id"))
            WHERE m.user_id = ?1 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'organization.deleted'
                    AND subject = m.organization_id) AND \(isMember))
        """)
}
