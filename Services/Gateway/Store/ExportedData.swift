import SQLite
import WriteKit

/// What the gateway has of a user, besides the profile.
enum ExportedData {
    static let all = UserExport(
        [
            tokens("tokens", "is_session = 0"), tokens("sessions", "is_session = 1"),
            ExportSection(
                "offboardings", covers: ["operations.user_id"], by: .text,
                """
                SELECT id, id, started_at FROM operations INDEXED BY operations_of_user
                WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3
                """, .text("operationId"), .time("startedAt")),
            ExportSection(
                "scim", covers: ["scim_users.user_id"], by: .text,
                """
                SELECT user_id, name, body FROM scim_users
                WHERE user_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3
                """, .text("userName"), .json("attributes")),
        ],
        left: [
            "scim_addresses.user_id": "the addresses are in scim",
            "share_notices.user_id": "shares that are mailed in a minute, which entities exports",
            "share_notices.given_by": "the same, of who shared",
            "unsubscribe_tokens.user_id": "digests of what stops e-mails about shares",
            "users.email": "the export begins with the user",
            "code_requests.email": "requests for sign-in codes, for seconds",
            "exchange_codes.user_id": "digests of codes that lead back to the app, for a minute",
            "exchange_codes.invitation": "with such a code, what was accepted",
            "provider_codes.user_id": "digests of codes that lead to the console, for a minute",
            "sign_in_codes.email": "digests of sign-in codes, for an hour",
            "unknown_user_counts.user_id": "how many unknown names the user has tried today",
        ])

    /// Without their secrets, of which there are only digests.
    private static func tokens(_ name: String, _ condition: SQL.Parts) -> ExportSection {
        ExportSection(
            name, covers: ["tokens.user_id"], by: .timeAndId,
            SQL(
                """
                SELECT created_at, id, id, name, prefix, scopes, read_only, rate_limit, user_agent,
                    address, created_at, last_used_at, expires_at
                FROM tokens INDEXED BY tokens_by_user
                WHERE user_id = ?1 AND \(condition) AND (created_at, id) > (?2, ?3)
                ORDER BY created_at, id LIMIT ?4
                """),
            .text("id"), .text("name"), .text("prefix"), .json("scopes"), .flag("readOnly"),
            .number("rateLimit"), .text("userAgent"), .text("address"), .time("createdAt"),
            .time("lastUsedAt"), .time("expiresAt"))
    }
}

/// Finds what is exported of a user; a migration step.
let exportSchema = """
    CREATE INDEX operations_of_user ON operations (user_id, id);

    """
