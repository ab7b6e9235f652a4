import EntitiesContract
import Kernel
import SQLite
import WriteKit

/// Rows of `entities`. An entity that a job is deleting keeps its row until the job is done; only
/// the job's own queries see it.
enum EntityStore {
    static let columns = Columns(
        "id", "name", "slug", "type", "description", "organization_id", "owner_id", "created_at",
        "updated_at", "latest_version", "resharing", "external_id")
    static let externalIds = ExternalIDs(of: "entities")

    static func find(_ id: String, in db: some Queryable) throws -> Entity? {
        try db.row(byId, .text(id)) { try entity($0) }
    }

    private static let byId = SQL(
        """
        SELECT \(columns) FROM entities WHERE id = ?1 AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?1)
        """)

    /// Who receives the events of an entity; nobody of one that a job is deleting, whose row has
    /// no owner.
    static func audience(of id: String, in db: some Queryable) throws -> EventAudience {
        try db.row(
            """
            SELECT owner_id, organization_id FROM entities WHERE id = ?1 AND owner_id <> ''
            """, .text(id)
        ) { EventAudience(owner: $0.text(0), organization: $0.textOrNil(1)) } ?? .platform
    }

    static func isSlugTaken(_ slug: String, in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM entities WHERE slug = ?1", .text(slug)) { _ in true } ?? false
    }

    /// The owner counts as the creator.
    static func insert(_ entity: Entity, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(entity.id), .text(entity.name), .text(entity.slug),
            .text(entity.type.rawValue), .text(entity.description), .text(entity.organizationId),
            .text(entity.ownerId), .time(entity.createdAt), .time(entity.updatedAt),
            .text(entity.latestVersion), .text(entity.resharing.rawValue),
            .text(entity.externalId), .text(entity.searchText), .text(entity.ownerId))
    }

    private static let insertion = (columns + Columns("search_text", "created_by")).insert(
        into: "entities")

    /// Writes the columns that can change.
    static func update(_ entity: Entity, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE entities SET name = ?2, slug = ?3, description = ?4, owner_id = ?5,
                updated_at = ?6, latest_version = ?7, search_text = ?8, organization_id = ?9,
                resharing = ?10, external_id = ?11
            WHERE id = ?1
            """,
            .text(entity.id), .text(entity.name), .text(entity.slug), .text(entity.description),
            .text(entity.ownerId), .time(entity.updatedAt), .text(entity.latestVersion),
            .text(entity.searchText), .text(entity.organizationId),
            .text(entity.resharing.rawValue), .text(entity.externalId))
    }

    /// Rows that still refer to the entity are deleted too.
    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM entities WHERE id = ?1", .text(id))
    }

    /// Hides an entity that a job is deleting: clears slug, external id, owner and organization, by
    /// which queries would find it.
    static func hide(_ id: String, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE entities SET slug = id, owner_id = '', organization_id = NULL, is_public = 0,
                external_id = NULL
            WHERE id = ?1
            """, .text(id))
    }

    /// Some of the entities that a user owns, except those that they got since their removal began.
    static func owned(
        by userId: String, limit: Int, in db: some Queryable
    ) throws -> [Entity] {
        try db.rows(ownedByUser, .text(userId), .int(limit)) { try entity($0) }
    }

    private static let ownedByUser = SQL(
        """
        SELECT \(columns) FROM entities
        WHERE owner_id = ?1 AND NOT \(UserRemoval.regranted("?1", "id")) LIMIT ?2
        """)

    static func exists(_ id: String, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM entities WHERE id = ?1 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?1)
            """, .text(id)
        ) { _ in true } ?? false
    }

    /// Some of the entities of an organization.
    static func some(
        of organizationId: String, limit: Int, in db: some Queryable
    ) throws -> [Entity] {
        try db.rows(ofOrganization, .text(organizationId), .int(limit)) { try entity($0) }
    }

    private static let ofOrganization = SQL(
        "SELECT \(columns) FROM entities WHERE organization_id = ?1 LIMIT ?2")

    static let listOfPublicOnes = LongList(
        "public_entities", of: "entities", where: .init("is_public", "= 1"), order: .id("id"))

    static let publicOnes = PagedQuery(
        "r.id", from: "entities", by: "public_entities", where: "is_public = 1",
        countedBy: listOfPublicOnes)

    /// - Parameter first: the column of `id`.
    static func entity(_ row: Row, from first: Int = 0) throws -> Entity {
        guard let type = EntityType(rawValue: row.text(first + 3)),
            let resharing = Resharing(rawValue: row.text(first + 10))
        else {
            throw DatabaseError(.corrupt, "entity \(row.text(first)) has an unknown type")
        }
        return Entity(
            id: row.text(first), name: row.text(first + 1), slug: row.text(first + 2),
            type: type, description: row.textOrNil(first + 4),
            organizationId: row.textOrNil(first + 5),
            ownerId: row.text(first + 6), createdAt: row.time(first + 7),
            updatedAt: row.time(first + 8), latestVersion: row.textOrNil(first + 9),
            resharing: resharing, externalId: row.textOrNil(first + 11))
    }
}
