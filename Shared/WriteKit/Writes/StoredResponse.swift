import Contract
import FoundationEssentials
import Kernel
import SQLite

/// The table of stored responses; a migration step of each context with POSTs.
public let storedResponsesSchema = """
    CREATE TABLE kept_answers (
        user_id TEXT NOT NULL,
        idempotency_key TEXT NOT NULL,
        -- SHA-256 of what was asked.
        fingerprint BLOB NOT NULL,
        status INTEGER NOT NULL,
        -- A JSON array of {name, value}.
        fields TEXT NOT NULL,
        body BLOB NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (user_id, idempotency_key)
    ) STRICT;
    CREATE INDEX kept_answers_by_age ON kept_answers (created_at);
    CREATE TABLE kept_answer_counts (
        user_id TEXT PRIMARY KEY,
        answers INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER answer_kept AFTER INSERT ON kept_answers BEGIN
        INSERT INTO kept_answer_counts VALUES (new.user_id, 1)
        ON CONFLICT DO UPDATE SET answers = answers + 1;
    END;
    CREATE TRIGGER answer_purged AFTER DELETE ON kept_answers BEGIN
        UPDATE kept_answer_counts SET answers = answers - 1 WHERE user_id = old.user_id;
        DELETE FROM kept_answer_counts WHERE user_id = old.user_id AND answers = 0;
    END;
    """

/// The bytes of each user's responses, beside their number; a later migration step.
public let storedResponseBytesSchema = """
    DROP TRIGGER answer_kept;
    DROP TRIGGER answer_purged;
    ALTER TABLE kept_answer_counts ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
    UPDATE kept_answer_counts SET bytes = (
        SELECT coalesce(sum(length(body) + length(CAST(fields AS BLOB))), 0) FROM kept_answers
        WHERE user_id = kept_answer_counts.user_id);
    CREATE TRIGGER answer_kept AFTER INSERT ON kept_answers BEGIN
        INSERT INTO kept_answer_counts (user_id, answers, bytes)
        VALUES (new.user_id, 1, length(new.body) + length(CAST(new.fields AS BLOB)))
        ON CONFLICT DO UPDATE SET answers = answers + 1, bytes = bytes + excluded.bytes;
    END;
    CREATE TRIGGER answer_replaced AFTER UPDATE ON kept_answers BEGIN
        UPDATE kept_answer_counts SET bytes = bytes
            + length(new.body) + length(CAST(new.fields AS BLOB))
            - length(old.body) - length(CAST(old.fields AS BLOB))
        WHERE user_id = new.user_id;
    END;
    CREATE TRIGGER answer_purged AFTER DELETE ON kept_answers BEGIN
        UPDATE kept_answer_counts SET answers = answers - 1,
            bytes = bytes - length(old.body) - length(CAST(old.fields AS BLOB))
        WHERE user_id = old.user_id;
        DELETE FROM kept_answer_counts WHERE user_id = old.user_id AND answers = 0;
    END;
    """

/// The tables' names as the rest of the code has them; the last migration step.
public let storedResponseNamesSchema = """
    DROP TRIGGER answer_kept;
    DROP TRIGGER answer_replaced;
    DROP TRIGGER answer_purged;
    DROP INDEX kept_answers_by_age;
    ALTER TABLE kept_answers RENAME TO stored_responses;
    ALTER TABLE kept_answer_counts RENAME TO stored_response_usage;
    ALTER TABLE stored_response_usage RENAME COLUMN answers TO responses;
    CREATE INDEX stored_responses_by_age ON stored_responses (created_at);
    CREATE TRIGGER response_stored AFTER INSERT ON stored_responses BEGIN
        INSERT INTO stored_response_usage (user_id, responses, bytes)
        VALUES (new.user_id, 1, length(new.body) + length(CAST(new.fields AS BLOB)))
        ON CONFLICT DO UPDATE SET responses = responses + 1, bytes = bytes + excluded.bytes;
    END;
    CREATE TRIGGER response_replaced AFTER UPDATE ON stored_responses BEGIN
        UPDATE stored_response_usage SET bytes = bytes
            + length(new.body) + length(CAST(new.fields AS BLOB))
            - length(old.body) - length(CAST(old.fields AS BLOB))
        WHERE user_id = new.user_id;
    END;
    CREATE TRIGGER response_deleted AFTER DELETE ON stored_responses BEGIN
        UPDATE stored_response_usage SET responses = responses - 1,
            bytes = bytes - length(old.body) - length(CAST(old.fields AS BLOB))
        WHERE user_id = old.user_id;
        DELETE FROM stored_response_usage WHERE user_id = old.user_id AND responses = 0;
    END;
    """

/// An `Idempotency-Key` of one user, with the fingerprint of its request.
public struct IdempotencyClaim: Sendable, Hashable {
    /// Characters of a key.
    public static let maximumLength = 255
    /// Limits the disk space of one user: more than one a second, all day long.
    public static let maximumPerUser = 100_000
    /// Of their answers: bodies and fields.
    public static let maximumBytesPerUser = 64 * 1024 * 1024

    /// Keys belong to a user.
    public let userId: String
    /// The value of `Idempotency-Key`.
    public let key: String
    /// SHA-256 of target and body.
    public let fingerprint: [UInt8]
    /// For how long the response is stored, at least.
    public var days = 1

    public init(userId: String, key: String, fingerprint: [UInt8]) {
        self.userId = userId
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// The response to the first request with a key, without its secrets.
public struct StoredResponse: Sendable, Equatable {
    /// A header field.
    public struct Field: Codable, Sendable, Equatable {
        /// The field's name.
        public let name: String
        /// The field's value.
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The HTTP status.
    public let status: Int
    /// Without those of the request that gets it.
    public let fields: [Field]
    /// Without secrets.
    public let body: [UInt8]

    public init(status: Int, fields: [Field], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

extension StoredResponse {
    /// The response stored for this key and the request's fingerprint; nil if there is none.
    public static func find(
        _ claim: IdempotencyClaim, now: Timestamp, in db: some Queryable
    ) throws -> (answer: StoredResponse, fingerprint: [UInt8])? {
        try db.row(
            """
            SELECT status, fields, body, fingerprint FROM stored_responses
            WHERE user_id = ?1 AND idempotency_key = ?2 AND created_at > ?3
            """, .text(claim.userId), .text(claim.key), .time(oldest(now, claim.days))
        ) { row in
            let answer = StoredResponse(
                status: Int(row.int(0)),
                fields: try JSONDecoder().decode([Field].self, from: Data(row.text(1).utf8)),
                body: row.blob(2))
            return (answer, row.blob(3))
        }
    }

    /// Stores the response in the transaction of its cause, in place of an expired one.
    /// - Throws: `idempotency_key_in_use` if there is a response by now, so that nothing is done
    ///   twice.
    public func keep(for claim: IdempotencyClaim, in tx: Transaction) throws {
        let fields = Self.json(fields)
        let held = try tx.row(
            "SELECT responses, bytes FROM stored_response_usage WHERE user_id = ?1",
            .text(claim.userId)
        ) { (responses: Int($0.int(0)), bytes: Int($0.int(1))) }
        guard (held?.responses ?? 0) < IdempotencyClaim.maximumPerUser,
            (held?.bytes ?? 0) + body.count + fields.utf8.count
                <= IdempotencyClaim.maximumBytesPerUser
        else { throw Fault.tooManyIdempotencyKeys }
        let kept = try tx.execute(
            """
            INSERT INTO stored_responses VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint,
                status = excluded.status, fields = excluded.fields, body = excluded.body,
                created_at = excluded.created_at
            WHERE created_at <= ?8
            """, .text(claim.userId), .text(claim.key), .blob(claim.fingerprint), .int(status),
            .text(fields), .blob(body), .time(tx.now), .time(Self.oldest(tx.now, claim.days)))
        guard kept == 1 else { throw Fault.idempotencyKeyInUse }
    }

    private static func json(_ fields: [Field]) -> String {
        var writer = JSONByteWriter()
        writer.append(array: fields) { writer, field in
            writer.object {
                $0.member("name", field.name)
                $0.member("value", field.value)
            }
        }
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    /// Deletes up to `limit` responses that are too old. The time of those with a date in the
    /// future, by a clock that ran ahead, begins now.
    /// - Returns: how many were deleted or redated.
    public static func purge(days: Int = 1, limit: Int, in tx: Transaction) throws -> Int {
        let redated = try tx.execute(
            """
            UPDATE stored_responses SET created_at = ?1 WHERE (user_id, idempotency_key) IN (
                SELECT user_id, idempotency_key
                FROM stored_responses INDEXED BY stored_responses_by_age
                WHERE created_at > ?1 LIMIT ?2)
            """, .time(tx.now), .int(limit))
        guard redated < limit else { return redated }
        return try tx.execute(
            """
            DELETE FROM stored_responses WHERE (user_id, idempotency_key) IN (
                SELECT user_id, idempotency_key
                FROM stored_responses INDEXED BY stored_responses_by_age
                WHERE created_at <= ?1 ORDER BY created_at LIMIT ?2)
            """, .time(oldest(tx.now, days)), .int(limit))
    }

    private static func oldest(_ now: Timestamp, _ days: Int) -> Timestamp {
        now.adding(seconds: -86_400 * Int64(days))
    }
}

extension Fault {
    /// The first request with this key is still running.
    public static let idempotencyKeyInUse = Fault(
        ProblemType.idempotencyKeyInUse, retryAfter: 1)

    static let tooManyIdempotencyKeys = Fault(
        ProblemType.tooManyIdempotencyKeys,
        "A user can have \(IdempotencyClaim.maximumPerUser) Idempotency-Keys in 24 hours, with "
            + "\(IdempotencyClaim.maximumBytesPerUser / 1_048_576) MiB of responses. Nothing was "
            + "done: send the request without the key, or try again later.",
        retryAfter: 3_600)

    /// The key belongs to another request of the user.
    public static let idempotencyKeyReused = Fault(
        ProblemType.idempotencyKeyReused,
        fields: [Field("/Idempotency-Key", "must be different for each request")])
}
