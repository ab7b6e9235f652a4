import InvitationsContract
import Kernel
import SQLite

/// Rows of `collaborators`.
enum CollaboratorStore {
    static func find(
        _ userId: String, of entityId: String, in db: some Queryable
    ) throws -> Collaborator? {
        try db.row(
            """
            SELECT entity_id, user_id, role, added_by, added_at FROM collaborators
            WHERE user_id = ?1 AND entity_id = ?2
            """, .text(userId), .text(entityId), map: collaborator)
    }

    /// Newest first.
    static func page(
        of entityId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Collaborator> {
        let items = try db.rows(
            """
            SELECT c.entity_id, c.user_id, c.role, c.added_by, c.added_at FROM (
                SELECT user_id FROM collaborators INDEXED BY collaborators_of_entity
                WHERE entity_id = ?1 ORDER BY added_at DESC, user_id DESC LIMIT ?2 OFFSET ?3
            ) page CROSS JOIN collaborators c ON c.user_id = page.user_id AND c.entity_id = ?1
            ORDER BY c.added_at DESC, c.user_id DESC
            """, .text(entityId), .int(page.size), .int(page.offset), map: collaborator)
        let total = try db.row(
            "SELECT count(*) FROM collaborators WHERE entity_id = ?1", .text(entityId)
        ) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }

    /// Some of an entity, the longest-standing first.
    static func some(
        of entityId: String, limit: Int, in db: some Queryable
    ) throws -> [Collaborator] {
        try db.rows(
            """
            SELECT entity_id, user_id, role, added_by, added_at FROM collaborators
            WHERE entity_id = ?1 ORDER BY added_at, user_id LIMIT ?2
            """, .text(entityId), .int(limit), map: collaborator)
    }

    /// Some of a user's collaborations.
    static func some(
        for userId: String, limit: Int, in db: some Queryable
    ) throws -> [Collaborator] {
        try db.rows(
            """
            SELECT entity_id, user_id, role, added_by, added_at FROM collaborators
            WHERE user_id = ?1 LIMIT ?2
            """, .text(userId), .int(limit), map: collaborator)
    }

    /// Every entity on which a user collaborates.
    static func entityIds(for userId: String, in db: some Queryable) throws -> [String] {
        try db.rows(
            "SELECT entity_id FROM collaborators WHERE user_id = ?1", .text(userId)
        ) { $0.text(0) }
    }

    /// The indexes of the entities that a user collaborates on, ascending.
    static func places(
        of userId: String, among entityIds: [String], in db: some Queryable
    ) throws -> [Int] {
        try db.rows(
            """
            SELECT wanted.key FROM json_each(?2) AS wanted CROSS JOIN collaborators c
                ON c.user_id = ?1 AND c.entity_id = wanted.value
            ORDER BY wanted.key
            """, .text(userId), .texts(entityIds)
        ) { Int($0.int(0)) }
    }

    static func insert(_ collaborator: Collaborator, in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO collaborators (user_id, entity_id, role, added_by, added_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, .text(collaborator.userId), .text(collaborator.entityId),
            .text(collaborator.role.rawValue), .text(collaborator.addedBy),
            .time(collaborator.addedAt))
    }

    static func delete(_ collaborator: Collaborator, in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM collaborators WHERE user_id = ?1 AND entity_id = ?2",
            .text(collaborator.userId), .text(collaborator.entityId))
    }

    private static func collaborator(_ row: Row) throws -> Collaborator {
        guard let role = CollaboratorRole(rawValue: row.text(2)) else {
            throw Fault.unexpected("a collaborator with an unknown role")
        }
        return Collaborator(
            entityId: row.text(0), userId: row.text(1), role: role, addedBy: row.text(3),
            addedAt: row.time(4))
    }
}
