import Kernel
import OrganizationsContract
import SQLite

/// Rows of `public_entities`, which triggers write.
enum PublicEntityStore {
    /// Whether an entity is public, and the version of its last change.
    typealias Change = (entityId: String, isPublic: Bool, version: Int)

    static func mark(in db: some Queryable) throws -> PublicMark {
        try db.row("SELECT epoch, version FROM public_mark WHERE one = 1") {
            PublicMark(epoch: $0.text(0), version: Int($0.int(1)))
        } ?? PublicMark(epoch: "", version: 0)
    }

    /// Changes after a version, oldest first.
    static func changes(
        since version: Int, limit: Int, in db: some Queryable
    ) throws -> [Change] {
        try db.rows(
            """
            SELECT entity_id, stores > 0, version FROM public_entities INDEXED BY public_changes
            WHERE version > ?1 ORDER BY version LIMIT ?2
            """, .int(version), .int(limit)
        ) { ($0.text(0), $0.bool(1), Int($0.int(2))) }
    }

    /// Entities that are only in stores of organizations that are being deleted.
    static func closing(in db: some Queryable) throws -> [String] {
        try db.rows(
            """
            SELECT DISTINCT p.entity_id FROM jobs j CROSS JOIN publications p
                INDEXED BY publications_of_store ON p.organization_id = j.subject
            WHERE j.kind = 'organization.deleted' AND p.is_public = 1 AND NOT EXISTS (
                SELECT 1 FROM publications q WHERE q.entity_id = p.entity_id AND q.is_public = 1
                    AND NOT EXISTS (
                        SELECT 1 FROM jobs WHERE kind = 'organization.deleted'
                            AND subject = q.organization_id))
            """
        ) { $0.text(0) }
    }
}
