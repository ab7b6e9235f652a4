import SQLite
import WriteKit

/// The schema, step by step. Append-only: `MigrationTests` holds each step by its digest, and
/// `Shared/SQLite/README.md` says how to add one.
///
/// Ids begin with their time of creation and one process makes them all, so "newest first" is
/// `ORDER BY id DESC`, and one index column serves both order and identity.
public let entitiesMigrations = [
    Migration("entities", entitiesSchema),
    Migration("versions", versionsSchema),
    Migration("applied events", inboxSchema),
    Migration("deleted users", deletedUsersSchema),
    Migration("audit", auditSchema),
    Migration("kept answers", storedResponsesSchema),
    Migration("what is gone", tombstonesSchema + deletedUsersMove),
    Migration("outbox", outboxSchema),
    Migration("organizations' entities", entitiesOfOrganization),
    Migration("publishers by membership", publishersByMembership),
    Migration("bytes of kept answers", storedResponseBytesSchema),
    Migration("quotas", entityQuotasSchema),
    Migration("jobs", jobsSchema),
    Migration("public entities", publicEntitiesSchema),
    Migration("entities are searched by folded text", foldedEntities),
    Migration("names of stored responses", storedResponseNamesSchema),
    Migration("name of tombstones", tombstoneNamesSchema),
    Migration("long lists", longLists),
    Migration("who acted for whom", auditActingSchema),
    Migration("suspended users", suspendedUsersSchema),
    Migration("resharing", resharingSchema),
    Migration("people", peopleSchema),
    Migration("external ids", EntityStore.externalIds.schema),
    Migration("offboardings", offboardingsSchema),
    Migration("events of audit entries", eventOutboxSchema),
    Migration("grants of users who have many", LongGrantStore.schema),
    Migration("search in public entities, shares by type", searchSchema + LongShareStore.schema),
    Migration("retention", retentionSchema + tombstoneAgesSchema),
    Migration("audit of users", auditOfUsersSchema),
    Migration("copy of stores", StoreCopy.schema),
]

/// `grants` has one row for each pair of user and entity with local access: the first local step.
/// Only triggers write it, cascades included, so that no statement can forget to.
private let entitiesSchema = """
    CREATE TABLE entities (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        slug TEXT NOT NULL UNIQUE,
        type TEXT NOT NULL CHECK (type IN ('app', 'service', 'chat_extension')),
        description TEXT,
        organization_id TEXT,
        owner_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        latest_version TEXT,
        search_text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX entities_of_owner ON entities (owner_id);

    CREATE TABLE publishers (
        user_id TEXT NOT NULL,
        entity_id TEXT NOT NULL REFERENCES entities ON DELETE CASCADE,
        added_by TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        PRIMARY KEY (user_id, entity_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX publishers_of_entity ON publishers (entity_id, added_at, user_id);

    CREATE TABLE shares (
        id TEXT PRIMARY KEY,
        entity_id TEXT NOT NULL REFERENCES entities ON DELETE CASCADE,
        user_id TEXT NOT NULL,
        created_by TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        UNIQUE (user_id, entity_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX shares_of_entity ON shares (entity_id, id, user_id, created_by);
    CREATE INDEX shares_received ON shares (user_id, id, entity_id);
    CREATE INDEX shares_given ON shares (created_by, id, entity_id);

    CREATE TABLE grants (
        user_id TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        step TEXT NOT NULL CHECK (step IN ('publisher', 'direct_share')),
        PRIMARY KEY (user_id, entity_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER grant_publisher AFTER INSERT ON publishers BEGIN
        INSERT INTO grants VALUES (new.user_id, new.entity_id, 'publisher')
        ON CONFLICT DO UPDATE SET step = 'publisher';
    END;
    CREATE TRIGGER revoke_publisher AFTER DELETE ON publishers BEGIN
        DELETE FROM grants WHERE user_id = old.user_id AND entity_id = old.entity_id;
        INSERT INTO grants SELECT user_id, entity_id, 'direct_share' FROM shares
        WHERE user_id = old.user_id AND entity_id = old.entity_id;
    END;
    CREATE TRIGGER grant_share AFTER INSERT ON shares BEGIN
        INSERT INTO grants VALUES (new.user_id, new.entity_id, 'direct_share')
        ON CONFLICT DO NOTHING;
    END;
    CREATE TRIGGER revoke_share AFTER DELETE ON shares BEGIN
        DELETE FROM grants
        WHERE user_id = old.user_id AND entity_id = old.entity_id AND step = 'direct_share';
    END;
    """

/// `precedence` is the version without build metadata, which two versions can't differ in.
private let versionsSchema = """
    CREATE TABLE versions (
        id TEXT PRIMARY KEY,
        entity_id TEXT NOT NULL REFERENCES entities ON DELETE CASCADE,
        version TEXT NOT NULL,
        precedence TEXT NOT NULL,
        package_url TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        notes TEXT,
        published_by TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        UNIQUE (entity_id, precedence)
    ) STRICT;
    CREATE INDEX versions_of_entity ON versions (entity_id, id);

    CREATE TABLE installations (
        user_id TEXT NOT NULL,
        entity_id TEXT NOT NULL REFERENCES entities ON DELETE CASCADE,
        version TEXT,
        installed_at INTEGER NOT NULL,
        PRIMARY KEY (user_id, entity_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX installations_of_user ON installations (user_id, installed_at, entity_id);
    CREATE INDEX installations_of_entity ON installations (entity_id);
    """

/// Deleted users. A request in progress when its user is deleted must not leave rows that belong to
/// nobody.
private let deletedUsersSchema = """
    CREATE TABLE deleted_users (
        id TEXT PRIMARY KEY,
        deleted_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

private let entitiesOfOrganization = """
    CREATE INDEX entities_of_organization ON entities (organization_id)
    WHERE organization_id IS NOT NULL;
    """

/// Deleted users move to the table of all tombstones.
private let deletedUsersMove = """
    INSERT INTO gone SELECT 'user', id, deleted_at FROM deleted_users;
    DROP TABLE deleted_users;
    """

/// Null for earlier rows, and for rights that another publisher gave.
private let publishersByMembership = "ALTER TABLE publishers ADD COLUMN membership_id TEXT;"

/// A copy of which entities are in public stores. Triggers maintain the counts.
private let publicEntitiesSchema = """
    ALTER TABLE entities ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX public_entities ON entities (id, type) WHERE is_public = 1;
    CREATE TABLE public_mark (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        epoch TEXT NOT NULL,
        version INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE public_counts (
        type TEXT PRIMARY KEY,
        entities INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER shown_or_hidden AFTER UPDATE OF is_public ON entities
    WHEN new.is_public <> old.is_public BEGIN
        INSERT INTO public_counts VALUES (new.type, new.is_public - old.is_public)
        ON CONFLICT DO UPDATE SET entities = entities + excluded.entities;
    END;
    CREATE TRIGGER public_deleted AFTER DELETE ON entities WHEN old.is_public BEGIN
        UPDATE public_counts SET entities = entities - 1 WHERE type = old.type;
    END;
    """

private let resharingSchema = """
    ALTER TABLE entities ADD COLUMN resharing TEXT NOT NULL DEFAULT 'anyone'
        CHECK (resharing IN ('anyone', 'publishers'));
    """

/// Who has access, by id.
private let peopleSchema = """
    CREATE INDEX publishers_by_user ON publishers (entity_id, user_id);
    CREATE INDEX shares_by_user ON shares (entity_id, user_id);
    """

private let searchSchema = """
    CREATE INDEX public_entities_by_text ON entities (id, type, search_text)
        WHERE is_public = 1;

    """

private let foldedEntities = """
    UPDATE entities SET search_text = folded(name || char(10) || slug)
    WHERE search_text <> folded(name || char(10) || slug);
    """

private let longLists =
    LongList.schema + auditCounting
    + [
        ShareStore.listReceived, ShareStore.listOfEntity,
        VersionStore.listOfEntity, GrantStore.list, EntityStore.listOfPublicOnes,
    ].map(\.counting).joined()
