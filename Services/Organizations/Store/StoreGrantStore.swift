import SQLite
import WriteKit

/// The publications of one entity, by what they give to whom.
enum StoreGrantStore {
    /// Those in stores of the user's organizations.
    static func publications(
        of entityId: String, for userId: String, limit: Int, in db: some Queryable
    ) throws -> [PublicationGrant] {
        try db.rows(forMember, .text(entityId), .text(userId), .int(limit), map: grant)
    }

    private static let forMember = SQL(
        """
        SELECT \(columns, of: "p") FROM publications p CROSS JOIN memberships m
            ON m.user_id = ?2 AND m.organization_id = p.organization_id
            AND NOT \(UserRemoval.hiding("?2", "m.organization_id"))
        WHERE p.entity_id = ?1 AND \(isOpen) ORDER BY p.organization_id LIMIT ?3
        """)

    /// Those that are open to everybody.
    static func publicOnes(
        of entityId: String, limit: Int, in db: some Queryable
    ) throws -> [PublicationGrant] {
        try db.rows(forEverybody, .text(entityId), .int(limit), map: grant)
    }

    private static let forEverybody = SQL(
        """
        SELECT \(columns, of: "p") FROM publications p
        WHERE p.entity_id = ?1 AND p.is_public = 1 AND \(isOpen)
        ORDER BY p.organization_id LIMIT ?2
        """)

    /// The first users after an id, by id, who belong to organizations whose stores have the
    /// entity. Each organization gives no more than the ones before it left open.
    static func members(
        ofStoresWith entityId: String, after userId: String, limit: Int, in db: some Queryable
    ) throws -> [String] {
        var first: [String] = []
        for organizationId in try db.rows(stores, .text(entityId), map: { $0.text(0) }) {
            let last = first.count < limit ? aboveAll : first.last ?? aboveAll
            let more = try db.rows(
                membersById, .text(organizationId), .text(userId), .text(last), .int(limit)
            ) { $0.text(0) }
            first = Array(Set(first).union(more).sorted().prefix(limit))
        }
        return first
    }

    /// After every id.
    private static let aboveAll = "~"

    private static let stores = SQL(
        "SELECT p.organization_id FROM publications p WHERE p.entity_id = ?1 AND \(isOpen)")

    private static let membersById: SQL = """
        SELECT user_id FROM memberships INDEXED BY members_by_id
        WHERE organization_id = ?1 AND user_id > ?2 AND user_id < ?3 ORDER BY user_id LIMIT ?4
        """

    private static let columns = Columns("id", "organization_id", "published_by", "published_at")

    /// Not of an organization that a job is deleting.
    private static let isOpen: SQL.Parts = """
        NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'organization.deleted' AND subject = p.organization_id)
        """

    private static func grant(_ row: Row) -> PublicationGrant {
        PublicationGrant(
            id: row.text(0), organizationId: row.text(1), publishedBy: row.text(2),
            publishedAt: row.time(3))
    }
}
