import Kernel
import SQLite

/// The latest known name, owner and organization of an entity.
struct KnownEntity: Sendable, Equatable {
    let id: String
    let name: String
    let ownerId: String
    /// Where it was created; nil: nowhere, or the organization was deleted.
    let organizationId: String?
}

/// Rows of `known_entities`.
enum KnownEntityStore {
    private static let columns = Columns(
        "id", "name", "owner_id", "organization_id", "named_at", "owned_at")

    static func find(_ id: String, in db: some Queryable) throws -> KnownEntity? {
        try db.row(byId, .text(id)) {
            KnownEntity(
                id: $0.text(0), name: $0.text(1), ownerId: $0.text(2),
                organizationId: $0.textOrNil(3))
        }
    }

    private static let byId = SQL("SELECT \(columns) FROM known_entities WHERE id = ?1")

    /// The owner since after `time`; nil if no change after it is known.
    static func owner(
        of id: String, since time: Timestamp, in db: some Queryable
    ) throws -> String? {
        try db.row(
            "SELECT owner_id FROM known_entities WHERE id = ?1 AND owned_at > ?2", .text(id),
            .time(time)
        ) { $0.text(0) }
    }

    /// Saves name, organization and owner unless newer ones are known.
    /// - Parameter time: the entity's `updatedAt`, here and below.
    static func save(_ entity: KnownEntity, at time: Timestamp, in tx: Transaction) throws {
        try tx.execute(
            saving, .text(entity.id), .text(entity.name), .text(entity.ownerId),
            .text(entity.organizationId), .time(time), .time(time))
        try changeOwner(of: entity.id, to: entity.ownerId, at: time, in: tx)
    }

    private static let saving = SQL(
        """
        \(columns.insert(into: "known_entities"))
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, named_at = excluded.named_at,
            organization_id = excluded.organization_id
        WHERE named_at <= excluded.named_at
        """)

    /// Only its name: a later owner can be known already.
    static func rename(
        _ id: String, _ name: String, at time: Timestamp, in tx: Transaction
    ) throws {
        try tx.execute(
            "UPDATE known_entities SET name = ?2, named_at = ?3 WHERE id = ?1 AND named_at <= ?3",
            .text(id), .text(name), .time(time))
    }

    /// Only its owner, even without invitations: a concurrent request to invite can have queried
    /// the entity before.
    static func changeOwner(
        of id: String, to ownerId: String, at time: Timestamp, in tx: Transaction
    ) throws {
        try tx.execute(
            savingOwner, .text(id), .text(""), .text(ownerId), .null, .int(0), .time(time))
    }

    private static let savingOwner = SQL(
        """
        \(columns.insert(into: "known_entities"))
        ON CONFLICT (id) DO UPDATE SET owner_id = excluded.owner_id, owned_at = excluded.owned_at
        WHERE owned_at <= excluded.owned_at
        """)

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM known_entities WHERE id = ?1", .text(id))
    }
}
