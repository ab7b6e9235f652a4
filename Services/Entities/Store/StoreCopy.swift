import Kernel
import OrganizationsContract
import SQLite
import WriteKit

/// The copy of what is in the stores of organizations, `store_entities`, as of a mark, with
/// everything that lists filter by, so that they look up no entity. `entities.is_public` follows
/// from it.
enum StoreCopy {
    static let schema = """
        DROP TABLE public_mark;
        CREATE TABLE store_mark (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            epoch TEXT NOT NULL,
            version INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE store_entities (
            organization_id TEXT NOT NULL,
            entity_id TEXT NOT NULL REFERENCES entities ON DELETE CASCADE,
            -- Whether the entity is public in any store, as in `entities`.
            is_open INTEGER NOT NULL,
            -- An entity keeps its type.
            type TEXT NOT NULL,
            -- In this store.
            is_public INTEGER NOT NULL,
            -- As in `entities`.
            search_text TEXT NOT NULL,
            PRIMARY KEY (organization_id, entity_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX stores_of_entity ON store_entities (entity_id, is_public);
        -- As of which mark the copy got the last change of a store.
        CREATE TABLE store_versions (
            organization_id TEXT PRIMARY KEY,
            version INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER store_entities_shown_or_hidden AFTER UPDATE OF is_public ON entities
        WHEN new.is_public <> old.is_public BEGIN
            UPDATE store_entities SET is_open = new.is_public WHERE entity_id = new.id;
        END;
        CREATE TRIGGER store_entities_renamed AFTER UPDATE OF search_text ON entities
        WHEN new.search_text <> old.search_text BEGIN
            UPDATE store_entities SET search_text = new.search_text WHERE entity_id = new.id;
        END;
        """

    /// nil: there is no copy yet.
    static func mark(in db: some Queryable) throws -> StoreMark? {
        try db.row("SELECT epoch, version FROM store_mark WHERE one = 1") {
            StoreMark(epoch: $0.text(0), version: Int($0.int(1)))
        }
    }

    // MARK: Changes

    /// Applies a reply of the organizations context to the copy.
    /// - Parameter asked: the mark in the query. If the copy has changed since, nothing is done.
    static func apply(
        _ answer: StoreEntitiesReply, to asked: StoreMark?, in tx: Transaction
    ) throws {
        guard try mark(in: tx) == asked else { return }
        if answer.startsOver {
            try tx.execute("DELETE FROM store_mark WHERE one = 1")
            // In parts; queries in between start from the beginning.
            guard try clear(StoreEntitiesReply.maximumChanges, in: tx) else { return }
        }
        for change in answer.changes { try apply(change, in: tx) }
        for organizationId in Set(answer.changes.map(\.organizationId)) {
            try tx.execute(
                """
                INSERT INTO store_versions VALUES (?1, ?2)
                ON CONFLICT DO UPDATE SET version = excluded.version
                """, .text(organizationId), .int(answer.mark.version))
        }
        try tx.execute(
            """
            UPDATE entities SET is_public = 1 - is_public
            WHERE id IN (SELECT value FROM json_each(?1))
                AND is_public <> EXISTS (
                    SELECT 1 FROM store_entities s INDEXED BY stores_of_entity
                    WHERE s.entity_id = id AND s.is_public = 1)
                AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = id)
            """, .texts(Set(answer.changes.map(\.entityId)).sorted()))
        try tx.execute(
            """
            INSERT INTO store_mark VALUES (1, ?1, ?2)
            ON CONFLICT DO UPDATE SET epoch = excluded.epoch, version = excluded.version
            """, .text(answer.mark.epoch), .int(answer.mark.version))
    }

    private static func apply(_ change: StoreEntitiesReply.Change, in tx: Transaction) throws {
        guard let isPublic = change.isPublic else {
            try tx.execute(
                "DELETE FROM store_entities WHERE organization_id = ?1 AND entity_id = ?2",
                .text(change.organizationId), .text(change.entityId))
            return
        }
        // Entities that were deleted here are ignored.
        try tx.execute(
            """
            INSERT INTO store_entities
            SELECT ?1, id, is_public, type, ?3, search_text FROM entities
            WHERE id = ?2 AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = ?2)
            ON CONFLICT DO UPDATE SET is_public = excluded.is_public
            """, .text(change.organizationId), .text(change.entityId), .bool(isPublic))
    }

    /// Deletes some of the copy.
    /// - Returns: whether nothing is left.
    private static func clear(_ limit: Int, in tx: Transaction) throws -> Bool {
        var left = limit
        for part in [contents, versions, publicOnes] {
            left -= try tx.execute(part, .int(left))
            guard left > 0 else { return false }
        }
        return true
    }

    private static let contents: SQL = """
        DELETE FROM store_entities WHERE (organization_id, entity_id) IN (
            SELECT organization_id, entity_id FROM store_entities
            WHERE organization_id > '' LIMIT ?1)
        """
    private static let versions: SQL = """
        DELETE FROM store_versions WHERE organization_id IN (
            SELECT organization_id FROM store_versions WHERE organization_id > '' LIMIT ?1)
        """
    private static let publicOnes: SQL = """
        UPDATE entities SET is_public = 0 WHERE id IN (
            SELECT id FROM entities INDEXED BY public_entities WHERE is_public = 1 LIMIT ?1)
        """

    /// Deletes some of the rows of an entity.
    /// - Returns: how many.
    static func deleteSome(of entityId: String, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM store_entities WHERE entity_id = ?1 AND organization_id IN (
                SELECT organization_id FROM store_entities INDEXED BY stores_of_entity
                WHERE entity_id = ?1 LIMIT ?2)
            """, .text(entityId), .int(limit))
    }

    // MARK: Lists

    /// Whether what is here is true of a user: the copy is not older, and the stores of the user's
    /// organizations have not changed since. They could have got what the user can no longer see.
    static func agrees(with stores: VisibleStores, in db: some Queryable) throws -> Bool {
        guard let mark = try mark(in: db), mark.epoch == stores.mark.epoch,
            mark.version >= stores.mark.version
        else { return false }
        return try mark == stores.mark
            || db.row(
                """
                SELECT 1 FROM json_each(?1) o CROSS JOIN store_versions v
                    ON v.organization_id = o.value AND v.version > ?2 LIMIT 1
                """, .texts(stores.organizationIds), .int(stores.mark.version)
            ) { _ in true } == nil
    }

    /// Whether the stores have more rows than this.
    static func has(
        moreThan limit: Int, in stores: VisibleStores, _ db: some Queryable
    ) throws -> Bool {
        guard stores.closing.isEmpty else { return true }
        guard !stores.organizationIds.isEmpty else { return false }
        return try db.row(
            """
            SELECT 1 FROM json_each(?1) o CROSS JOIN store_entities s
                ON s.organization_id = o.value LIMIT 1 OFFSET ?2
            """, .texts(stores.organizationIds), .int(limit)
        ) { _ in true } ?? false
    }

    /// Those of some entities that are in the stores of the user's organizations.
    static func among(
        _ ids: [String], in stores: VisibleStores, _ db: some Queryable
    ) throws -> Set<String> {
        guard !ids.isEmpty, !stores.organizationIds.isEmpty else { return [] }
        // An entity can be in any number of stores, and a user in any number of organizations.
        let isFew = stores.organizationIds.count <= 20
        return try Set(
            db.rows(
                isFew ? amongFew : amongMany, .texts(ids), .texts(stores.organizationIds)
            ) { $0.text(0) })
    }

    private static let amongFew: SQL = """
        SELECT s.entity_id FROM json_each(?2) o CROSS JOIN json_each(?1) e
        CROSS JOIN store_entities s ON s.organization_id = o.value AND s.entity_id = e.value
        """
    private static let amongMany: SQL = """
        SELECT s.entity_id FROM json_each(?1) e CROSS JOIN store_entities s
            INDEXED BY stores_of_entity ON s.entity_id = e.value
        WHERE s.organization_id IN (SELECT value FROM json_each(?2))
        """

    /// Entities that are public by the copy, but no longer in fact: only in stores of organizations
    /// that are being deleted.
    static func closing(
        _ stores: VisibleStores, in db: some Queryable
    ) throws -> [String] {
        guard !stores.closing.isEmpty else { return [] }
        return try db.rows(
            """
            SELECT DISTINCT s.entity_id FROM json_each(?1) o CROSS JOIN store_entities s
                ON s.organization_id = o.value AND s.is_public = 1
            WHERE NOT EXISTS (
                SELECT 1 FROM store_entities other INDEXED BY stores_of_entity
                WHERE other.entity_id = s.entity_id AND other.is_public = 1
                    AND other.organization_id NOT IN (SELECT value FROM json_each(?1)))
            """, .texts(stores.closing)
        ) { $0.text(0) }
    }
}
