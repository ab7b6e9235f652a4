import SQLite

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

    private static let columns = Columns("id", "organization_id", "published_by", "published_at")

    /// Not of an organization that a job is deleting.
    private static let isOpen: SQL.Parts = """
        p.organization_id NOT IN (SELECT subject FROM jobs WHERE kind = 'organization.deleted')
        """

    private static func grant(_ row: Row) -> PublicationGrant {
        PublicationGrant(
            id: row.text(0), organizationId: row.text(1), publishedBy: row.text(2),
            publishedAt: row.time(3))
    }
}
