import Kernel
import SQLite

/// Rows of `publications`, each with its entity's name.
enum PublicationStore {
    static func find(
        _ id: String, of organizationId: String, in db: some Queryable
    ) throws -> Publication? {
        try db.row(
            """
            SELECT p.id, p.organization_id, p.entity_id, n.name, p.entity_type, p.is_public,
                p.published_by, p.published_at, p.updated_at
            FROM publications p CROSS JOIN entity_names n ON n.entity_id = p.entity_id
            WHERE p.id = ?1 AND p.organization_id = ?2
            """, .text(id), .text(organizationId), map: publication)
    }

    static func find(
        entity entityId: String, of organizationId: String, in db: some Queryable
    ) throws -> Publication? {
        try db.row(
            """
            SELECT p.id, p.organization_id, p.entity_id, n.name, p.entity_type, p.is_public,
                p.published_by, p.published_at, p.updated_at
            FROM publications p CROSS JOIN entity_names n ON n.entity_id = p.entity_id
            WHERE p.entity_id = ?1 AND p.organization_id = ?2
            """, .text(entityId), .text(organizationId), map: publication)
    }

    /// Newest first.
    static func page(
        of organizationId: String, _ filter: PublicationFilter, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<Publication> {
        let values: [Value] = [
            .text(organizationId), .text(filter.type), .bool(filter.onlyPublic),
        ]
        let items = try db.rows(
            """
            SELECT p.id, p.organization_id, p.entity_id, n.name, p.entity_type, p.is_public,
                p.published_by, p.published_at, p.updated_at
            FROM (
                SELECT entity_id, id FROM publications INDEXED BY publications_of_store
                WHERE organization_id = ?1 AND (?2 IS NULL OR entity_type = ?2)
                    AND is_public >= ?3
                ORDER BY id DESC LIMIT ?4 OFFSET ?5
            ) page CROSS JOIN publications p
                ON p.entity_id = page.entity_id AND p.organization_id = ?1
            CROSS JOIN entity_names n ON n.entity_id = p.entity_id ORDER BY p.id DESC
            """, values: values + [.int(page.size), .int(page.offset)], map: publication)
        let total = try db.row(
            """
            SELECT count(*) FROM publications INDEXED BY publications_of_store
            WHERE organization_id = ?1 AND (?2 IS NULL OR entity_type = ?2) AND is_public >= ?3
            """, values: values
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
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
        try db.rows(
            """
            SELECT p.id, p.organization_id, p.entity_id, n.name, p.entity_type, p.is_public,
                p.published_by, p.published_at, p.updated_at
            FROM publications p CROSS JOIN entity_names n ON n.entity_id = p.entity_id
            WHERE p.entity_id = ?1 LIMIT ?2
            """, .text(entityId), .int(limit), map: publication)
    }

    /// Some publications of a store, by id.
    static func some(
        ofStore organizationId: String, limit: Int, in db: some Queryable
    ) throws -> [Publication] {
        try db.rows(
            """
            SELECT p.id, p.organization_id, p.entity_id, n.name, p.entity_type, p.is_public,
                p.published_by, p.published_at, p.updated_at
            FROM publications p INDEXED BY publications_of_store
            CROSS JOIN entity_names n ON n.entity_id = p.entity_id WHERE p.organization_id = ?1
            ORDER BY p.id LIMIT ?2
            """, .text(organizationId), .int(limit), map: publication)
    }

    private static func publication(_ row: Row) -> Publication {
        Publication(
            id: row.text(0), organizationId: row.text(1),
            entity: PublishedEntity(id: row.text(2), name: row.text(3), type: row.text(4)),
            isPublic: row.int(5) != 0, publishedBy: row.text(6), publishedAt: row.time(7),
            updatedAt: row.time(8))
    }
}
