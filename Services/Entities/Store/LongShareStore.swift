import Kernel
import SQLite
import WriteKit

/// Rows of `long_shares`: the shares of those users who gave or received many, with the type of the
/// entity, so that a list of one type passes no others and looks up none. Triggers write them.
enum LongShareStore {
    enum Side: String {
        /// By the user: more than 1,000.
        case given
        /// More than fit into one part of `ShareStore.listReceived`.
        case received
    }

    static let schema = """
        CREATE TABLE long_shares (
            user_id TEXT NOT NULL,
            side TEXT NOT NULL CHECK (side IN ('given', 'received')),
            id TEXT NOT NULL,
            -- An entity keeps its type.
            type TEXT NOT NULL,
            PRIMARY KEY (user_id, side, id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO long_shares
        SELECT s.user_id, 'received', s.id, e.type
        FROM (
            SELECT DISTINCT holder FROM list_parts WHERE list = 'shares_received' AND first > ''
        ) long
        CROSS JOIN shares s INDEXED BY shares_received ON s.user_id = long.holder
        CROSS JOIN entities e ON e.id = s.entity_id;
        INSERT INTO long_shares
        SELECT s.created_by, 'given', s.id, e.type
        FROM (SELECT holder FROM quota_usage WHERE quota = 'shares' AND used > 1000) long
        CROSS JOIN shares s INDEXED BY shares_given ON s.created_by = long.holder
        CROSS JOIN entities e ON e.id = s.entity_id;
        CREATE INDEX long_shares_of_type ON long_shares (user_id, side, type, id);

        CREATE TRIGGER received_became_long AFTER INSERT ON list_parts
        WHEN new.list = 'shares_received' AND new.first > '' AND NOT EXISTS (
            SELECT 1 FROM long_shares WHERE user_id = new.holder AND side = 'received')
        BEGIN
            INSERT INTO long_shares
            SELECT s.user_id, 'received', s.id, e.type
            FROM shares s INDEXED BY shares_received CROSS JOIN entities e ON e.id = s.entity_id
            WHERE s.user_id = new.holder;
        END;
        CREATE TRIGGER given_became_long AFTER UPDATE OF used ON quota_usage
        WHEN new.quota = 'shares' AND new.used > 1000 AND NOT EXISTS (
            SELECT 1 FROM long_shares WHERE user_id = new.holder AND side = 'given')
        BEGIN
            INSERT INTO long_shares
            SELECT s.created_by, 'given', s.id, e.type
            FROM shares s INDEXED BY shares_given CROSS JOIN entities e ON e.id = s.entity_id
            WHERE s.created_by = new.holder;
        END;
        CREATE TRIGGER long_share_received AFTER INSERT ON shares
        WHEN EXISTS (
            SELECT 1 FROM long_shares WHERE user_id = new.user_id AND side = 'received')
        BEGIN
            INSERT INTO long_shares SELECT new.user_id, 'received', new.id, type
            FROM entities WHERE id = new.entity_id ON CONFLICT DO NOTHING;
        END;
        CREATE TRIGGER long_share_given AFTER INSERT ON shares
        WHEN EXISTS (
            SELECT 1 FROM long_shares WHERE user_id = new.created_by AND side = 'given')
        BEGIN
            INSERT INTO long_shares SELECT new.created_by, 'given', new.id, type
            FROM entities WHERE id = new.entity_id ON CONFLICT DO NOTHING;
        END;
        CREATE TRIGGER long_share_passed_on AFTER UPDATE OF created_by ON shares
        WHEN new.created_by <> old.created_by BEGIN
            DELETE FROM long_shares
            WHERE user_id = old.created_by AND side = 'given' AND id = old.id;
            INSERT INTO long_shares SELECT new.created_by, 'given', new.id, type
            FROM entities WHERE id = new.entity_id AND EXISTS (
                SELECT 1 FROM long_shares WHERE user_id = new.created_by AND side = 'given')
            ON CONFLICT DO NOTHING;
        END;
        CREATE TRIGGER long_share_removed AFTER DELETE ON shares BEGIN
            DELETE FROM long_shares
            WHERE user_id = old.user_id AND side = 'received' AND id = old.id;
            DELETE FROM long_shares
            WHERE user_id = old.created_by AND side = 'given' AND id = old.id;
        END;

        """

    /// Whether all shares on one side of a user are here, and none is hidden: of an entity that a
    /// job is deleting, or because the user is being removed.
    static func hasAll(_ side: Side, of userId: String, in db: some Queryable) throws -> Bool {
        try db.row(all, .text(userId), .text(side.rawValue)) { $0.bool(0) } ?? false
    }

    private static let all = SQL(
        """
        SELECT EXISTS (SELECT 1 FROM long_shares WHERE user_id = ?1 AND side = ?2)
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'entity.deleted')
            AND NOT \(UserRemoval.isRunning("?1"))
        """)
}
