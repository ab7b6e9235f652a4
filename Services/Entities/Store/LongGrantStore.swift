import Kernel
import SQLite
import WriteKit

/// Rows of `long_grants`: all grants of those users who have, or had, more than fit into one part
/// of `GrantStore.list`, with what their lists are filtered by. So that such a list passes no
/// entities that are not on it, and looks up none to count it. Triggers write them.
enum LongGrantStore {
    static let schema = """
        CREATE TABLE long_grants (
            user_id TEXT NOT NULL,
            entity_id TEXT NOT NULL,
            -- An entity keeps its type.
            type TEXT NOT NULL,
            is_public INTEGER NOT NULL,
            PRIMARY KEY (user_id, entity_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO long_grants
        SELECT g.user_id, g.entity_id, e.type, e.is_public
        FROM (SELECT DISTINCT holder FROM list_parts WHERE list = 'granted' AND first > '') long
        CROSS JOIN grants g ON g.user_id = long.holder
        CROSS JOIN entities e ON e.id = g.entity_id;
        CREATE INDEX private_grants ON long_grants (user_id, entity_id) WHERE is_public = 0;
        CREATE INDEX private_grants_of_type ON long_grants (user_id, type, entity_id)
            WHERE is_public = 0;
        CREATE INDEX long_grants_of_entity ON long_grants (entity_id);

        CREATE TRIGGER grants_became_long AFTER INSERT ON list_parts
        WHEN new.list = 'granted' AND new.first > ''
            AND NOT EXISTS (SELECT 1 FROM long_grants WHERE user_id = new.holder)
        BEGIN
            INSERT INTO long_grants
            SELECT g.user_id, g.entity_id, e.type, e.is_public
            FROM grants g CROSS JOIN entities e ON e.id = g.entity_id
            WHERE g.user_id = new.holder;
        END;
        CREATE TRIGGER long_grant_added AFTER INSERT ON grants
        WHEN EXISTS (SELECT 1 FROM long_grants WHERE user_id = new.user_id) BEGIN
            INSERT INTO long_grants SELECT new.user_id, id, type, is_public
            FROM entities WHERE id = new.entity_id
            ON CONFLICT DO NOTHING;
        END;
        CREATE TRIGGER long_grant_removed AFTER DELETE ON grants BEGIN
            DELETE FROM long_grants WHERE user_id = old.user_id AND entity_id = old.entity_id;
        END;
        CREATE TRIGGER long_grants_shown_or_hidden AFTER UPDATE OF is_public ON entities
        WHEN new.is_public <> old.is_public BEGIN
            UPDATE long_grants SET is_public = new.is_public WHERE entity_id = new.id;
        END;

        """ + list.counting

    static let list = LongList(
        "private_grants", of: "long_grants", by: "user_id", where: .init("is_public", "= 0"),
        order: .id("entity_id"))

    /// What is granted but not public.
    static let ofUser = PagedQuery(
        "r.entity_id", from: "long_grants", key: Columns("user_id", "entity_id"),
        by: "private_grants", where: "user_id = ?1 AND is_public = 0",
        newestFirst: Columns("entity_id"), countedBy: list)

    /// Whether all grants of a user are here, and none of an entity that a job is deleting.
    static func hasAll(of userId: String, in db: some Queryable) throws -> Bool {
        try db.row(
            """
            SELECT EXISTS (SELECT 1 FROM long_grants WHERE user_id = ?1) AND NOT EXISTS (
                SELECT 1 FROM jobs j CROSS JOIN long_grants g
                    ON g.user_id = ?1 AND g.entity_id = j.subject
                WHERE j.kind = 'entity.deleted')
            """, .text(userId)
        ) { $0.bool(0) } ?? false
    }
}
