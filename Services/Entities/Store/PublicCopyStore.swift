import Kernel
import OrganizationsContract
import SQLite

/// The copy of which entities are in public stores: `entities.is_public`, and the state of the
/// organizations context that it reflects.
enum PublicCopyStore {
    /// nil: there is no copy yet.
    static func mark(in db: some Queryable) throws -> PublicMark? {
        try db.row("SELECT epoch, version FROM public_mark WHERE one = 1") {
            PublicMark(epoch: $0.text(0), version: Int($0.int(1)))
        }
    }

    /// Applies a reply of the organizations context to the copy.
    /// - Parameter asked: the mark in the query. If the copy has changed since, nothing is done.
    static func apply(
        _ answer: StoreEntitiesReply, to asked: PublicMark?, in tx: Transaction
    ) throws {
        guard try mark(in: tx) == asked else { return }
        if answer.startsOver {
            try tx.execute("DELETE FROM public_mark WHERE one = 1")
            // In parts; queries in between start from the beginning.
            let limit = StoreEntitiesReply.maximumChanges
            guard try clear(limit, in: tx) < limit else { return }
        }
        for (ids, isPublic) in [(answer.shown, true), (answer.hidden, false)]
        where !ids.isEmpty {
            // Entities that were deleted here are ignored.
            try tx.execute(
                """
                UPDATE entities SET is_public = ?2 WHERE is_public <> ?2
                    AND id IN (SELECT value FROM json_each(?1)) AND NOT EXISTS (
                        SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = id)
                """, .texts(ids), .bool(isPublic))
        }
        try tx.execute(
            """
            INSERT INTO public_mark VALUES (1, ?1, ?2)
            ON CONFLICT DO UPDATE SET epoch = excluded.epoch, version = excluded.version
            """, .text(answer.mark.epoch), .int(answer.mark.version))
    }

    private static func clear(_ limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            UPDATE entities SET is_public = 0 WHERE id IN (
                SELECT id FROM entities INDEXED BY public_entities WHERE is_public = 1 LIMIT ?1)
            """, .int(limit))
    }
}
