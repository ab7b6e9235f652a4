import Kernel
import SQLite
import WriteKit

/// Rows of `organizations`. While a job deletes an organization, only the job's own queries see its
/// row.
enum OrganizationStore {
    private static let columns = Columns(
        "id", "name", "slug", "created_at", "member_count", "public_count",
        "external_id")
    static let externalIds = ExternalIDs(of: "organizations")

    /// An organization and the name of the user's role in it.
    struct WithRole {
        let organization: Organization
        let role: String
    }

    /// - Parameter reference: the id or slug; no slug looks like an id.
    static func find(_ reference: String, in db: some Queryable) throws -> Organization? {
        if IDMinter.isWellFormed(reference, prefix: "org_") {
            return try db.row(byId, .text(reference), map: organization)
        }
        return try db.row(bySlug, .text(reference), map: organization)
    }

    private static let byId = SQL(
        """
        SELECT \(columns) FROM organizations WHERE id = ?1 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'organization.deleted' AND subject = ?1)
        """)
    private static let bySlug = SQL("SELECT \(columns) FROM organizations WHERE slug = ?1")

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
                (id, name, slug, created_at, search_text, npm_registry_key, created_by,
                external_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """, .text(organization.id), .text(organization.name), .text(organization.slug),
            .time(organization.createdAt), .text(organization.searchText), .blob(sealedKey),
            .text(userId), .text(organization.externalId))
    }

    /// Writes name, slug and external id.
    static func update(_ organization: Organization, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE organizations SET name = ?2, slug = ?3, search_text = ?4, external_id = ?5
            WHERE id = ?1
            """, .text(organization.id), .text(organization.name), .text(organization.slug),
            .text(organization.searchText), .text(organization.externalId))
    }

    static let sealedKeys = SealedColumn("npm_registry_key", of: "organizations")

    static func sealedKey(of id: String, in db: some Queryable) throws -> [UInt8]? {
        try db.row("SELECT npm_registry_key FROM organizations WHERE id = ?1", .text(id)) {
            $0.blob(0)
        }
    }

    static func setSealedKey(_ key: [UInt8], of id: String, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE organizations SET npm_registry_key = ?2 WHERE id = ?1", .text(id), .blob(key))
    }

    /// Hides an organization that is being deleted: it loses its slug, its external id and its
    /// public store. All other queries check `jobs`.
    static func hide(_ id: String, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE organizations SET slug = id, external_id = NULL, public_count = 0 WHERE id = ?1
            """, .text(id))
    }

    /// Cascades to what still refers to it.
    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM organizations WHERE id = ?1", .text(id))
    }

    /// The user's organizations, newest first.
    static func page(
        of userId: String, search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<WithRole> {
        try db.page(ofUser, page, .text(userId), .text(search.map(Text.folded))) {
            WithRole(organization: organization($0), role: $0.text(7))
        }
    }

    private static let ofUser = PagedQuery(
        "\(columns, of: "n"), o.name", from: "memberships",
        key: Columns("user_id", "organization_id"),
        joining: """
            CROSS JOIN organizations n ON n.id = r.organization_id
            CROSS JOIN roles o ON o.id = r.role_id
            """,
        where: """
            user_id = ?1 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'organization.deleted'
                    AND subject = organization_id)
            AND NOT \(UserRemoval.hiding("?1", "organization_id"))
            AND (?2 IS NULL OR instr((
                SELECT search_text FROM organizations WHERE id = organization_id), ?2) > 0)
            """, newestFirst: Columns("organization_id"))

    /// All organizations, newest first.
    static func all(_ page: PageRequest, in db: some Queryable) throws -> Page<Organization> {
        try db.page(everyOne, page, map: organization)
    }

    private static let everyOne = PagedQuery(
        "\(columns, of: "r")", from: "organizations",
        where: """
            NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'organization.deleted' AND subject = id)
            """)

    /// Organizations with a public store, newest first.
    static func publicStores(
        search: String?, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Organization> {
        guard let search else { return try db.page(withPublicStore, page, map: organization) }
        return try db.page(found, page, .text(Text.folded(search)), map: organization)
    }

    static let listOfPublicStores = LongList(
        "public_stores", of: "organizations", where: .init("public_count", "> 0"),
        order: .id("id"))

    private static let withPublicStore = PagedQuery(
        "\(columns, of: "r")", from: "organizations", by: "public_stores",
        where: "public_count > 0", countedBy: listOfPublicStores)
    private static let found = PagedQuery(
        "\(columns, of: "r")", from: "organizations", by: "public_stores",
        where: "public_count > 0 AND instr(search_text, ?1) > 0")

    private static func organization(_ row: Row) -> Organization {
        Organization(
            id: row.text(0), name: row.text(1), slug: row.text(2), createdAt: row.time(3),
            memberCount: Int(row.int(4)), publicCount: Int(row.int(5)),
            externalId: row.textOrNil(6))
    }
}
