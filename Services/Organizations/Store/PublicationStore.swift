import Kernel
import SQLite

/// Rows of `publications`, each with its entity's name.
enum PublicationStore {
    private static let columns = SQL(
        """
        r.id, r.organization_id, r.entity_id, n.name, r.entity_type, r.is_public,
        r.published_by, r.published_at, r.updated_at
        """)
    private static let named: SQL.Parts =
        "CROSS JOIN entity_names n ON n.entity_id = r.entity_id"

    static func find(
        _ id: String, of organizationId: String, in db: some Queryable
    ) throws -> Publication? {
        try db.row(byId, .text(id), .text(organizationId), map: publication)
    }

    private static let byId = SQL(
        """
        SELECT \(columns) FROM publications r \(named)
        WHERE r.id = ?1 AND r.organization_id = ?2
        """)

    static func find(
        entity entityId: String, of organizationId: String, in db: some Queryable
    ) throws -> Publication? {
        try db.row(byEntity, .text(entityId), .text(organizationId), map: publication)
    }

    private static let byEntity = SQL(
        """
        SELECT \(columns) FROM publications r \(named)
        WHERE r.entity_id = ?1 AND r.organization_id = ?2
        """)

    /// Newest first.
    static func page(
        of organizationId: String, _ filter: PublicationFilter, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<Publication> {
        if let type = filter.type {
            return try db.page(
                ofType, page, .text(organizationId), .text(type), .bool(filter.onlyPublic),
                map: publication)
        }
        return try db.page(
            filter.onlyPublic ? publicOfStore : ofStore, page, .text(organizationId),
            map: publication)
    }

    static let list = LongList(
        "publications", of: "publications", by: "organization_id", order: .id("id"))

    private static let ofStore = query(where: "organization_id = ?1", countedBy: list)
    private static let publicOfStore = query(
        where: "organization_id = ?1 AND is_public = 1",
        count: SQL("SELECT public_count FROM organizations WHERE id = ?1"))
    private static let ofType = query(
        where: "organization_id = ?1 AND entity_type = ?2 AND is_public >= ?3")

    private static func query(
        where condition: SQL.Parts, count: SQL? = nil, countedBy list: LongList? = nil
    ) -> PagedQuery {
        PagedQuery(
            "\(columns)", from: "publications", key: Columns("entity_id", "organization_id"),
            joining: named, by: "publications_of_store", where: condition,
            newestFirst: Columns("id"), count: count, countedBy: list)
    }

    static func insert(_ publication: Publication, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO publications (entity_id, organization_id, id, entity_type, is_public,
                published_by, published_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """, .text(publication.entity.id), .text(publication.organizationId),
            .text(publication.id), .text(publication.entity.type), .bool(publication.isPublic),
            .text(publication.publishedBy), .time(publication.publishedAt),
            .time(publication.updatedAt))
    }

    /// Writes the columns that can change.
    static func update(_ publication: Publication, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE publications SET is_public = ?2, updated_at = ?3 WHERE id = ?1",
            .text(publication.id), .bool(publication.isPublic), .time(publication.updatedAt))
    }

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM publications WHERE id = ?1", .text(id))
    }

    /// Some publications of an entity, in any store.
    static func some(
        of entityId: String, limit: Int, in db: some Queryable
    ) throws -> [Publication] {
        try db.rows(someOfEntity, .text(entityId), .int(limit), map: publication)
    }

    private static let someOfEntity = SQL(
        "SELECT \(columns) FROM publications r \(named) WHERE r.entity_id = ?1 LIMIT ?2")

    /// Some publications of a store, by id.
    static func some(
        ofStore organizationId: String, limit: Int, in db: some Queryable
    ) throws -> [Publication] {
        try db.rows(someOfStore, .text(organizationId), .int(limit), map: publication)
    }

    private static let someOfStore = SQL(
        """
        SELECT \(columns) FROM publications r INDEXED BY publications_of_store \(named)
        WHERE r.organization_id = ?1 ORDER BY r.id LIMIT ?2
        """)

    private static func publication(_ row: Row) -> Publication {
        Publication(
            id: row.text(0), organizationId: row.text(1),
            entity: PublishedEntity(id: row.text(2), name: row.text(3), type: row.text(4)),
            isPublic: row.int(5) != 0, publishedBy: row.text(6), publishedAt: row.time(7),
            updatedAt: row.time(8))
    }
}
