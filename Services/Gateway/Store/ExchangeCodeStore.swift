import FoundationEssentials
import GatewayContract
import Kernel
import SQLite
import WriteKit

/// Codes that lead back to the app, for a minute; a migration step.
let exchangeCodesSchema = """
    CREATE TABLE exchange_codes (
        -- SHA-256 of the code.
        digest BLOB PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
        -- ExchangedInvitationBody
        invitation TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX exchange_codes_by_age ON exchange_codes (created_at);
    CREATE INDEX exchange_codes_of_user ON exchange_codes (user_id);
    """

enum ExchangeCodeStore {
    static func insert(
        _ digest: [UInt8], of userId: String, _ invitation: ExchangedInvitationBody,
        in tx: Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO exchange_codes (digest, user_id, invitation, created_at)
            VALUES (?1, ?2, ?3, ?4)
            """, .blob(digest), .text(userId), .text(try SortedJSON.text(invitation)),
            .time(tx.now))
    }

    /// Takes a code out: it works once.
    /// - Returns: nil if there is none that is new enough.
    static func take(
        _ digest: [UInt8], in tx: Transaction
    ) throws -> (user: User, invitation: ExchangedInvitationBody)? {
        let found = try tx.row(
            "SELECT user_id, invitation, created_at FROM exchange_codes WHERE digest = ?1",
            .blob(digest)
        ) { (userId: $0.text(0), invitation: $0.text(1), at: $0.time(2)) }
        guard let found else { return nil }
        try tx.execute("DELETE FROM exchange_codes WHERE digest = ?1", .blob(digest))
        let age = tx.now.milliseconds - found.at.milliseconds
        // Dated ahead by a clock that was set back since: its age is unknown.
        guard age >= 0, age <= Int64(ExchangeLimits.seconds) * 1_000,
            let user = try UserStore.find(found.userId, in: tx), !user.isSuspended
        else { return nil }
        return (
            user,
            try JSONDecoder().decode(
                ExchangedInvitationBody.self, from: Data(found.invitation.utf8))
        )
    }

    /// Deletes what no longer works.
    static func purge(in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM exchange_codes WHERE created_at < ?1",
            .time(tx.now.adding(seconds: -Int64(ExchangeLimits.seconds))))
    }
}
