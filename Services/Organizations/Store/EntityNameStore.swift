import Kernel
import SQLite

/// Rows of `entity_names`.
enum EntityNameStore {
    /// Keeps the newer of two names, since events can arrive late.
    static func save(
        _ name: String, of entityId: String, updatedAt: Timestamp, in tx: Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO entity_names VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at
            WHERE excluded.updated_at >= updated_at
            """, .text(entityId), .text(name), .time(updatedAt))
    }

    static func delete(_ entityId: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM entity_names WHERE entity_id = ?1", .text(entityId))
    }
}
