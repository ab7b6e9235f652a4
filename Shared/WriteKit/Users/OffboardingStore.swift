import Contract
import FoundationEssentials
import Kernel
import SQLite

/// The tables of offboardings; a migration step of each context that removes users.
public let offboardingsSchema = """
    CREATE TABLE offboardings (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        operation_id TEXT NOT NULL UNIQUE,
        user_id TEXT NOT NULL,
        email TEXT NOT NULL,
        -- JSON: who caused it.
        admin TEXT NOT NULL,
        -- JSON: what was taken back and passed on so far.
        counts TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        finished_at INTEGER
    ) STRICT;
    CREATE INDEX offboardings_of_user ON offboardings (user_id, number);

    -- Things that a user got while a job takes back what they had.
    CREATE TABLE regrants (
        grantee TEXT NOT NULL,
        thing TEXT NOT NULL,
        PRIMARY KEY (grantee, thing)
    ) STRICT, WITHOUT ROWID;
    """

/// Rows of `offboardings`: what each did in this context.
public enum OffboardingStore {
    static func insert(_ removal: UserRemoval, in tx: Transaction) throws {
        guard let offboarding = removal.offboarding else { return }
        try tx.execute(
            """
            INSERT INTO offboardings (operation_id, user_id, email, admin, counts, started_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, .text(offboarding.operationId), .text(removal.userId), .text(offboarding.email),
            .text(try SortedJSON.text(removal.admin)),
            .text(try SortedJSON.text(OffboardingCounts())), .time(tx.now))
    }

    /// The state for the gateway. Nothing was counted of one whose event has not arrived.
    public static func state(
        of operationId: String, in db: some Queryable
    ) throws -> OffboardingReply {
        try db.row(
            "SELECT counts, finished_at FROM offboardings WHERE operation_id = ?1",
            .text(operationId)
        ) {
            OffboardingReply(
                counts: try decode(OffboardingCounts.self, $0.text(0)),
                finishedAt: $0.timeOrNil(1))
        } ?? OffboardingReply(counts: OffboardingCounts(), finishedAt: nil)
    }

    /// Whether its event has arrived.
    public static func contains(_ operationId: String, in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM offboardings WHERE operation_id = ?1", .text(operationId)) { _ in
            true
        } ?? false
    }

    /// The last one of a user.
    static func latest(of userId: String, in db: some Queryable) throws -> UserRemoval? {
        try db.row(
            """
            SELECT operation_id, email, admin FROM offboardings WHERE user_id = ?1
            ORDER BY number DESC LIMIT 1
            """, .text(userId)
        ) {
            UserRemoval(
                userId: userId, by: try decode(EventActor.self, $0.text(2)),
                offboarding: .init(operationId: $0.text(0), email: $0.text(1)))
        }
    }

    /// Adds what was done, in its transaction.
    public static func add(
        _ more: OffboardingCounts, to operationId: String, in tx: Transaction
    ) throws {
        guard !more.isEmpty else { return }
        var counts = try state(of: operationId, in: tx).counts
        counts += more
        try tx.execute(
            "UPDATE offboardings SET counts = ?2 WHERE operation_id = ?1", .text(operationId),
            .text(try SortedJSON.text(counts)))
    }

    static func finish(_ operationId: String, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE offboardings SET finished_at = ?2 WHERE operation_id = ?1",
            .text(operationId), .time(tx.now))
    }

    private static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

/// Rows of `regrants`: the things of which a user has lost nothing by their running offboarding,
/// as they got them after it began. Left behind, they mean nothing; the next removal deletes them.
public enum Regrants {
    /// - Returns: false if it was there already.
    static func insert(_ thing: String, to userId: String, in tx: Transaction) throws -> Bool {
        try tx.execute(
            "INSERT INTO regrants VALUES (?1, ?2) ON CONFLICT DO NOTHING", .text(userId),
            .text(thing)) > 0
    }

    static func deleteAll(of userId: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM regrants WHERE grantee = ?1", .text(userId))
    }

    /// The ids of the things.
    public static func things(of userId: String, in db: some Queryable) throws -> [String] {
        try db.rows("SELECT thing FROM regrants WHERE grantee = ?1", .text(userId)) { $0.text(0) }
    }
}
