import Mail
import SQLite
import WriteKit

/// Append-only: `MigrationTests` holds each step by its digest, and `Shared/SQLite/README.md` says
/// how to add one.
let gatewayMigrations = [
    Migration(
        "users and tokens",
        """
        CREATE TABLE users (
            id TEXT PRIMARY KEY,
            email TEXT NOT NULL UNIQUE,
            username TEXT NOT NULL UNIQUE,
            display_name TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('member', 'admin')),
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX users_by_age ON users (created_at DESC, id DESC);
        CREATE INDEX admins ON users (id) WHERE role = 'admin';
        CREATE TABLE tokens (
            id TEXT PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
            -- SHA-256 of the token; the token itself is nowhere.
            digest BLOB NOT NULL UNIQUE,
            name TEXT NOT NULL,
            prefix TEXT NOT NULL,
            -- A JSON array.
            scopes TEXT NOT NULL,
            read_only INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            last_used_at INTEGER
        ) STRICT;
        CREATE INDEX tokens_by_user ON tokens (user_id, created_at DESC, id DESC);
        """),
    Migration("outbox", outboxSchema),
    Migration("audit", auditSchema),
    Migration("kept answers", storedResponsesSchema),
    Migration("sign-in", signInSchema),
    Migration(
        "sessions",
        """
        ALTER TABLE tokens ADD COLUMN is_session INTEGER NOT NULL DEFAULT 0;
        DROP INDEX tokens_by_user;
        CREATE INDEX tokens_by_user ON tokens (user_id, is_session, created_at DESC, id DESC);
        """),
    Migration("mails", mailSchema),
    Migration(
        "codes for who was invited",
        "ALTER TABLE code_requests ADD COLUMN is_invited INTEGER NOT NULL DEFAULT 0"),
    Migration("tries of mails", mailTriesSchema),
    Migration(
        "sessions by their end",
        "CREATE INDEX sessions_by_end ON tokens (expires_at) WHERE is_session = 1"),
    Migration("unknown users", unknownUsersSchema),
    Migration("bytes of kept answers", storedResponseBytesSchema),
    Migration(
        "users are searched by folded text",
        """
        ALTER TABLE users ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
        UPDATE users
        SET search_text = folded(email || char(10) || username || char(10) || display_name);
        """),
    Migration("names of stored responses", storedResponseNamesSchema),
    Migration("long lists", LongList.schema + UserStore.list.counting + auditCounting),
    Migration("who acted for whom", auditActingSchema),
    Migration(
        "external ids of users",
        """
        ALTER TABLE users ADD COLUMN external_id TEXT;
        CREATE UNIQUE INDEX users_by_external_id ON users (external_id)
            WHERE external_id IS NOT NULL;
        """),
    Migration(
        "suspended users, rates of tokens, devices of sessions",
        """
        ALTER TABLE users ADD COLUMN suspended_at INTEGER;
        -- Requests a second; 0: no limit; NULL: the configured limit.
        ALTER TABLE tokens ADD COLUMN rate_limit INTEGER;
        -- Of sessions: where they began.
        ALTER TABLE tokens ADD COLUMN user_agent TEXT;
        ALTER TABLE tokens ADD COLUMN address TEXT;
        """),
    Migration("operations", operationsSchema),
    Migration("events of audit entries", eventOutboxSchema),
    Migration(
        "sealed values by their secret", sealedMails.schema + secretUsesSchema),
    Migration("retention", retentionSchema),
    Migration("export of users", exportSchema + auditOfUsersSchema),
    Migration(
        "languages",
        """
        ALTER TABLE users ADD COLUMN locale TEXT;
        -- The invitation's, and what the browser prefers.
        ALTER TABLE code_requests ADD COLUMN locale TEXT;
        ALTER TABLE code_requests ADD COLUMN accepted_locale TEXT;
        """),
    Migration("back to the app", exchangeCodesSchema),
    Migration("users managed by SCIM", scimUsersSchema),
    Migration(
        "who gets e-mails about shares",
        "ALTER TABLE users ADD COLUMN email_notifications INTEGER NOT NULL DEFAULT 1"),
    Migration("from the identity provider to the console", providerCodesSchema),
    Migration("e-mails about shares", inboxSchema + shareNoticesSchema),
    Migration(
        "users are searched in an index",
        """
        DROP INDEX users_by_age;
        CREATE INDEX users_by_age ON users (created_at DESC, id DESC, search_text);
        """),
]
