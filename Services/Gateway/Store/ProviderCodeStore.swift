import GatewayContract
import Kernel
import SQLite

/// Codes that lead from the identity provider to the console, for a minute; a migration step.
let providerCodesSchema = """
    CREATE TABLE provider_codes (
        -- SHA-256 of the code.
        digest BLOB PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
        -- SHA-256 of the verifier that the console keeps, in base64url.
        challenge TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX provider_codes_by_age ON provider_codes (created_at);
    CREATE INDEX provider_codes_of_user ON provider_codes (user_id);
    """

enum ProviderCodeStore {
    static func insert(
        _ digest: [UInt8], of userId: String, _ challenge: String, in tx: Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO provider_codes (digest, user_id, challenge, created_at)
            VALUES (?1, ?2, ?3, ?4)
            """, .blob(digest), .text(userId), .text(challenge), .time(tx.now))
    }

    /// Takes a code out: it works once, also if the verifier is wrong.
    /// - Returns: nil if there is none that is new enough.
    static func take(
        _ digest: [UInt8], in tx: Transaction
    ) throws -> (user: User, challenge: String)? {
        let found = try tx.row(
            "SELECT user_id, challenge, created_at FROM provider_codes WHERE digest = ?1",
            .blob(digest)
        ) { (userId: $0.text(0), challenge: $0.text(1), at: $0.time(2)) }
        guard let found else { return nil }
        try tx.execute("DELETE FROM provider_codes WHERE digest = ?1", .blob(digest))
        let age = tx.now.milliseconds - found.at.milliseconds
        // Dated ahead by a clock that was set back since: its age is unknown.
        guard age >= 0, age <= Int64(ProviderSessionBody.codeSeconds) * 1_000,
            let user = try UserStore.find(found.userId, in: tx)
        else { return nil }
        return (user, found.challenge)
    }

    /// Deletes what no longer works.
    static func purge(in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM provider_codes WHERE created_at < ?1",
            .time(tx.now.adding(seconds: -Int64(ProviderSessionBody.codeSeconds))))
    }
}
