import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// Rows of `collaborators`.
enum CollaboratorStore {
    private static let columns = Columns("entity_id", "user_id", "role", "added_by", "added_at")

    /// - Parameter evenIfHidden: whether to find a collaboration that a job will end.
    static func find(
        _ userId: String, of entityId: String, evenIfHidden: Bool = false, in db: some Queryable
    ) throws -> Collaborator? {
        try db.row(
            evenIfHidden ? anyByUser : byUser, .text(userId), .text(entityId),
            map: collaborator)
    }

    private static let byUser = SQL(
        "\(anyByUser) AND NOT \(UserRemoval.hiding("?1", "?2"))")
    private static let anyByUser = SQL(
        "SELECT \(columns) FROM collaborators WHERE user_id = ?1 AND entity_id = ?2")

    /// Newest first.
    static func page(
        of entityId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Collaborator> {
        try db.page(ofEntity, page, .text(entityId), map: collaborator)
    }

    private static let ofEntity = PagedQuery(
        "\(columns, of: "r")", from: "collaborators", key: Columns("user_id", "entity_id"),
        by: "collaborators_of_entity", where: "entity_id = ?1",
        newestFirst: Columns("added_at", "user_id"),
        count: SQL("SELECT used FROM quota_usage WHERE quota = 'collaborators' AND holder = ?1"))

    /// Some of an entity, the longest-standing first.
    static func some(
        of entityId: String, limit: Int, in db: some Queryable
    ) throws -> [Collaborator] {
        try db.rows(oldest, .text(entityId), .int(limit), map: collaborator)
    }

    private static let oldest = SQL(
        """
        SELECT \(columns) FROM collaborators
        WHERE entity_id = ?1 ORDER BY added_at, user_id LIMIT ?2
        """)

    /// Some of a user's collaborations, except those that they got since their removal began.
    static func some(
        for userId: String, limit: Int, in db: some Queryable
    ) throws -> [Collaborator] {
        try db.rows(ofUser, .text(userId), .int(limit), map: collaborator)
    }

    private static let ofUser = SQL(
        """
        SELECT \(columns) FROM collaborators
        WHERE user_id = ?1 AND NOT \(UserRemoval.regranted("?1", "entity_id")) LIMIT ?2
        """)

    /// The first of an entity after an id, by id.
    static func userIds(
        of entityId: String, after userId: String, limit: Int, in db: some Queryable
    ) throws -> [String] {
        try db.rows(
            """
            SELECT user_id FROM collaborators INDEXED BY collaborators_by_id
            WHERE entity_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3
            """, .text(entityId), .text(userId), .int(limit)
        ) { $0.text(0) }
    }

    /// Every entity on which a user collaborates.
    static func entityIds(for userId: String, in db: some Queryable) throws -> [String] {
        try db.rows(entitiesOfUser, .text(userId)) { $0.text(0) }
    }

    private static let entitiesOfUser = SQL(
        """
        SELECT entity_id FROM collaborators
        WHERE user_id = ?1 AND NOT \(UserRemoval.hiding("?1", "entity_id"))
        """)

    /// The indexes of the entities that a user collaborates on, ascending.
    static func places(
        of userId: String, among entityIds: [String], in db: some Queryable
    ) throws -> [Int] {
        try db.rows(places, .text(userId), .texts(entityIds)) { Int($0.int(0)) }
    }

    private static let places = SQL(
        """
        SELECT wanted.key FROM json_each(?2) AS wanted CROSS JOIN collaborators c
            ON c.user_id = ?1 AND c.entity_id = wanted.value
        WHERE NOT \(UserRemoval.hiding("?1", "c.entity_id"))
        ORDER BY wanted.key
        """)

    static func insert(_ collaborator: Collaborator, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(collaborator.entityId), .text(collaborator.userId),
            .text(collaborator.role.rawValue), .text(collaborator.addedBy),
            .time(collaborator.addedAt))
    }

    private static let insertion = columns.insert(into: "collaborators")

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
