import Kernel
import OrganizationsContract
import SQLite
import WriteKit

/// Rows of `store_changes`, which triggers write: each pair of a store and an entity that was ever
/// in it, with the version of its last change. A service with a copy of the stores asks for the
/// changes since.
enum StoreChangeStore {
    /// What is in the stores is in `publications`.
    static let schema = """
        DROP TRIGGER made_public;
        DROP TRIGGER public_withdrawn;
        DROP TRIGGER public_changed;
        DROP TABLE public_entities;
        DROP TABLE public_mark;
        CREATE TABLE store_changes (
            organization_id TEXT NOT NULL,
            entity_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (organization_id, entity_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO store_changes
            SELECT organization_id, entity_id,
                row_number() OVER (ORDER BY organization_id, entity_id)
            FROM publications;
        CREATE UNIQUE INDEX store_changes_by_version ON store_changes (version);
        CREATE TABLE store_mark (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            epoch TEXT NOT NULL,
            version INTEGER NOT NULL
        ) STRICT;
        INSERT INTO store_mark
            SELECT 1, lower(hex(randomblob(16))), count(*) FROM store_changes;

        CREATE TRIGGER store_gained AFTER INSERT ON publications BEGIN
            UPDATE store_mark SET version = version + 1 WHERE one = 1;
            INSERT INTO store_changes VALUES (new.organization_id, new.entity_id,
                (SELECT version FROM store_mark WHERE one = 1))
            ON CONFLICT DO UPDATE SET version = excluded.version;
        END;
        CREATE TRIGGER store_lost AFTER DELETE ON publications BEGIN
            UPDATE store_mark SET version = version + 1 WHERE one = 1;
            UPDATE store_changes SET version = (SELECT version FROM store_mark WHERE one = 1)
            WHERE organization_id = old.organization_id AND entity_id = old.entity_id;
        END;
        CREATE TRIGGER store_opened_or_closed AFTER UPDATE OF is_public ON publications
        WHEN new.is_public <> old.is_public BEGIN
            UPDATE store_mark SET version = version + 1 WHERE one = 1;
            UPDATE store_changes SET version = (SELECT version FROM store_mark WHERE one = 1)
            WHERE organization_id = new.organization_id AND entity_id = new.entity_id;
        END;
        """

    static func mark(in db: some Queryable) throws -> StoreMark {
        try db.row("SELECT epoch, version FROM store_mark WHERE one = 1") {
            StoreMark(epoch: $0.text(0), version: Int($0.int(1)))
        } ?? StoreMark(epoch: "", version: 0)
    }

    /// Changes after a version, oldest first, and the version of the last.
    static func changes(
        since version: Int, limit: Int, in db: some Queryable
    ) throws -> (all: [StoreEntitiesReply.Change], last: Int?) {
        var last: Int?
        let all = try db.rows(
            """
            SELECT c.organization_id, c.entity_id, p.is_public, c.version
            FROM store_changes c INDEXED BY store_changes_by_version
            LEFT JOIN publications p
                ON p.entity_id = c.entity_id AND p.organization_id = c.organization_id
            WHERE c.version > ?1 ORDER BY c.version LIMIT ?2
            """, .int(version), .int(limit)
        ) { row in
            last = Int(row.int(3))
            return StoreEntitiesReply.Change(
                organizationId: row.text(0), entityId: row.text(1),
                isPublic: row.isNull(2) ? nil : row.bool(2))
        }
        return (all, last)
    }

    /// Organizations that are being deleted, whose stores may still have rows.
    static func closing(in db: some Queryable) throws -> [String] {
        try db.rows("SELECT subject FROM jobs WHERE kind = 'organization.deleted'") { $0.text(0) }
    }

    /// The versions of changes that were lost are given again, to other changes: copies of the
    /// stores (`StoreMark`) must begin anew.
    static func startAnew(in tx: Transaction) throws {
        try tx.execute("UPDATE store_mark SET epoch = lower(hex(randomblob(16))) WHERE one = 1")
    }
}
