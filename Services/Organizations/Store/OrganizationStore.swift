import Kernel
import SQLite

/// Rows of `organizations`. While a job deletes an organization, only the job's own queries see its
/// row.
enum OrganizationStore {
    /// An organization and the name of the user's role in it.
    struct WithRole {
        let organization: Organization
        let role: String
    }

    /// - Parameter reference: the id or slug; no slug looks like an id.
    static func find(_ reference: String, in db: some Queryable) throws -> Organization? {
        if IDMinter.isWellFormed(reference, prefix: "org_") {
            return try db.row(
                """
                SELECT id, name, slug, created_at, member_count, public_count FROM organizations
                WHERE id = ?1 AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'organization.deleted' AND subject = ?1)
                """, .text(reference)
            ) { organization($0) }
        }
        return try db.row(
            """
            SELECT id, name, slug, created_at, member_count, public_count FROM organizations
            WHERE slug = ?1
            """, .text(reference)
        ) { organization($0) }
    }

    static func isSlugTaken(_ slug: String, in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM organizations WHERE slug = ?1", .text(slug)) { _ in true }
            ?? false
    }

    static func insert(
        _ organization: Organization, createdBy userId: String, sealedKey: [UInt8],
        in tx: Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO organizations
                (id, name, slug, created_at, search_text, npm_registry_key, created_by)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, .text(organization.id), .text(organization.name), .text(organization.slug),
            .time(organization.createdAt), .text(organization.searchText), .blob(sealedKey),
            .text(userId))
    }

    /// Writes name and slug.
    static func update(_ organization: Organization, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE organizations SET name = ?2, slug = ?3, search_text = ?4 WHERE id = ?1",
            .text(organization.id), .text(organization.name), .text(organization.slug),
            .text(organization.searchText))
    }

    static func sealedKey(of id: String, in db: some Queryable) throws -> [UInt8]? {
        try db.row("SELECT npm_registry_key FROM organizations WHERE id = ?1", .text(id)) {
            $0.blob(0)
        }
    }

    static func setSealedKey(_ key: [UInt8], of id: String, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE organizations SET npm_registry_key = ?2 WHERE id = ?1", .text(id), .blob(key))
    }

    /// Hides an organization that is being deleted: it loses its slug and its public store. All
    /// other queries check `jobs`.
    static func hide(_ id: String, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE organizations SET slug = id, public_count = 0 WHERE id = ?1", .text(id))
    }

    /// Cascades to what still refers to it.
    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM organizations WHERE id = ?1", .text(id))
    }

    /// The user's organizations, newest first.
    static func page(
        of userId: String, search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WithRole> {
        let search = search.map(Text.folded)
        let items = try db.rows(
            """
            SELECT o.id, o.name, o.slug, o.created_at, o.member_count, o.public_count, r.name
            FROM (
                SELECT m.organization_id AS id, m.role_id FROM memberships m
                WHERE m.user_id = ?1 AND m.organization_id NOT IN (
                    SELECT subject FROM jobs WHERE kind = 'organization.deleted')
                    AND (?2 IS NULL OR instr(
                    (SELECT search_text FROM organizations WHERE id = m.organization_id), ?2) > 0)
                ORDER BY m.organization_id DESC LIMIT ?3 OFFSET ?4
            ) page CROSS JOIN organizations o ON o.id = page.id
            CROSS JOIN roles r ON r.id = page.role_id ORDER BY o.id DESC
            """, .text(userId), .text(search), .int(page.size), .int(page.offset)
        ) { WithRole(organization: organization($0), role: $0.text(6)) }
        let total = try db.row(
            """
            SELECT count(*) FROM memberships m
            WHERE m.user_id = ?1 AND m.organization_id NOT IN (
                SELECT subject FROM jobs WHERE kind = 'organization.deleted')
                AND (?2 IS NULL OR instr(
                (SELECT search_text FROM organizations WHERE id = m.organization_id), ?2) > 0)
            """, .text(userId), .text(search)
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    /// Organizations with a public store, newest first.
    static func publicStores(
        search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Organization> {
        let search = search.map(Text.folded)
        let items = try db.rows(
            """
            SELECT o.id, o.name, o.slug, o.created_at, o.member_count, o.public_count FROM (
                SELECT id FROM organizations INDEXED BY public_stores
                WHERE public_count > 0 AND (?1 IS NULL OR instr(search_text, ?1) > 0)
                ORDER BY id DESC LIMIT ?2 OFFSET ?3
            ) page CROSS JOIN organizations o ON o.id = page.id ORDER BY o.id DESC
            """, .text(search), .int(page.size), .int(page.offset)
        ) { organization($0) }
        let total = try db.row(
            """
            SELECT count(*) FROM organizations INDEXED BY public_stores
            WHERE public_count > 0 AND (?1 IS NULL OR instr(search_text, ?1) > 0)
            """, .text(search)
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    private static func organization(_ row: Row) -> Organization {
        Organization(
            id: row.text(0), name: row.text(1), slug: row.text(2), createdAt: row.time(3),
            memberCount: Int(row.int(4)), publicCount: Int(row.int(5)))
    }
}
