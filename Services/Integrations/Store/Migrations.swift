import SQLite
import WriteKit

/// The schema, step by step. Append-only: `MigrationTests` checks each step's digest, and
/// `Shared/SQLite/README.md` says how to add one.
///
/// Ids of integrations begin with their time of creation and one process makes them all, so "newest
/// first" is `ORDER BY id DESC`, and one index column serves both order and identity.
public let integrationsMigrations = [
    Migration("teams", teamsSchema),
    Migration("integrations", integrationsSchema),
    Migration("inbox", inboxSchema),
    Migration("what is gone", tombstonesSchema),
    Migration("audit", auditSchema),
    Migration("kept answers", storedResponsesSchema),
    Migration("bytes of kept answers", storedResponseBytesSchema),
    Migration("quotas", integrationQuotasSchema),
    Migration("jobs", jobsSchema),
    Migration("names are searched by folded text", foldedNames),
    Migration("names of stored responses", storedResponseNamesSchema),
    Migration("name of tombstones", tombstoneNamesSchema),
    Migration("long lists", longLists),
    Migration("who acted for whom", auditActingSchema),
    Migration("suspended users", suspendedUsersSchema),
    Migration(
        "external ids", IntegrationStore.externalIds.schema + TeamStore.externalIds.schema),
    Migration("offboardings", offboardingsSchema),
    Migration("events of audit entries", eventOutboxSchema),
    Migration("admins of teams", teamAdminsSchema),
    Migration("retention", retentionSchema + tombstoneAgesSchema),
    Migration("audit of users", auditOfUsersSchema),
    Migration("teams managed by SCIM", provisionedTeamsSchema),
    Migration("outbox", outboxSchema),
]

/// Triggers keep `member_count`, also for cascades, so that no statement can forget it.
private let teamsSchema = """
    CREATE TABLE teams (
        -- The order in which they were made.
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        -- A slug.
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        member_count INTEGER NOT NULL DEFAULT 0,
        search_text TEXT NOT NULL
    ) STRICT;

    CREATE TABLE team_members (
        user_id TEXT NOT NULL,
        team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
        role TEXT NOT NULL CHECK (role IN ('admin', 'data-wizard', 'member')),
        joined_at INTEGER NOT NULL,
        PRIMARY KEY (user_id, team_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX members_of_team ON team_members (team_id, joined_at, user_id);
    CREATE TRIGGER member_joined AFTER INSERT ON team_members BEGIN
        UPDATE teams SET member_count = member_count + 1 WHERE id = new.team_id;
    END;
    CREATE TRIGGER member_left AFTER DELETE ON team_members BEGIN
        UPDATE teams SET member_count = member_count - 1 WHERE id = old.team_id;
    END;
    """

/// Who receives a team's events.
private let teamAdminsSchema = """
    CREATE INDEX admins_of_team ON team_members (team_id, joined_at, user_id)
        WHERE role = 'admin';
    """

/// A principal is the id of a user, or `team:` and the id of a team.
private let integrationsSchema = """
    CREATE TABLE integrations (
        id TEXT PRIMARY KEY,
        slug TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        description TEXT,
        owner TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        share_count INTEGER NOT NULL DEFAULT 0,
        search_text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX integrations_of_owner ON integrations (owner, id);

    CREATE TABLE shares (
        -- The order in which they were given.
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        principal TEXT NOT NULL,
        integration_id TEXT NOT NULL REFERENCES integrations ON DELETE CASCADE,
        id TEXT NOT NULL UNIQUE,
        access_level INTEGER NOT NULL CHECK (access_level BETWEEN 1 AND 2147483647),
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        UNIQUE (principal, integration_id)
    ) STRICT;
    -- With the number, which every index has at its end.
    CREATE INDEX shares_of_integration ON shares (integration_id);

    -- How many shares of an integration have numbers of the same thousand: a page far down a list
    -- is found without passing all that are before it.
    CREATE TABLE share_buckets (
        integration_id TEXT NOT NULL REFERENCES integrations ON DELETE CASCADE,
        bucket INTEGER NOT NULL,
        share_count INTEGER NOT NULL,
        PRIMARY KEY (integration_id, bucket)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER shared AFTER INSERT ON shares BEGIN
        UPDATE integrations SET share_count = share_count + 1 WHERE id = new.integration_id;
        INSERT INTO share_buckets VALUES (new.integration_id, new.number / 1000, 1)
            ON CONFLICT DO UPDATE SET share_count = share_count + 1;
    END;
    CREATE TRIGGER unshared AFTER DELETE ON shares BEGIN
        UPDATE integrations SET share_count = share_count - 1 WHERE id = old.integration_id;
        UPDATE share_buckets SET share_count = share_count - 1
            WHERE integration_id = old.integration_id AND bucket = old.number / 1000;
        DELETE FROM share_buckets
            WHERE integration_id = old.integration_id AND bucket = old.number / 1000
                AND share_count = 0;
    END;
    """

private let foldedNames = """
    UPDATE integrations SET search_text = folded(name || char(10) || slug)
    WHERE search_text <> folded(name || char(10) || slug);
    UPDATE teams SET search_text = folded(name || char(10) || id)
    WHERE search_text <> folded(name || char(10) || id);
    """

/// Replaces `share_buckets`.
private let longLists =
    """
    DROP TRIGGER shared;
    DROP TRIGGER unshared;
    DROP TABLE share_buckets;
    CREATE TRIGGER shared AFTER INSERT ON shares BEGIN
        UPDATE integrations SET share_count = share_count + 1 WHERE id = new.integration_id;
    END;
    CREATE TRIGGER unshared AFTER DELETE ON shares BEGIN
        UPDATE integrations SET share_count = share_count - 1 WHERE id = old.integration_id;
    END;

    """ + LongList.schema + auditCounting
    + [IntegrationStore.list, TeamStore.list, ShareStore.list].map(\.counting).joined()
