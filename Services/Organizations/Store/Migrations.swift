import SQLite
import WriteKit

/// The schema, step by step. Append-only: `MigrationTests` holds each step by its digest, and
/// `Shared/SQLite/README.md` says how to add one.
///
/// Ids begin with their time of creation and one process makes them all, so "newest first" is
/// `ORDER BY id DESC`, and one index column serves both order and identity.
public let organizationsMigrations = [
    Migration("organizations", organizationsSchema),
    Migration("stores", storesSchema),
    Migration("storage", storageSchema),
    Migration("inbox", inboxSchema),
    Migration("what is gone", tombstonesSchema),
    Migration("outbox", outboxSchema),
    Migration("audit", auditSchema),
    Migration("kept answers", storedResponsesSchema),
    Migration("bytes of kept answers", storedResponseBytesSchema),
    Migration("quotas", organizationQuotasSchema),
    Migration("jobs", jobsSchema),
    Migration("public entities", publicEntitiesSchema),
    Migration("names are compared by folded text", foldedNames),
    Migration("names of stored responses", storedResponseNamesSchema),
    Migration("name of tombstones", tombstoneNamesSchema),
    Migration(
        "long lists",
        LongList.schema + OrganizationStore.listOfPublicStores.counting + auditCounting),
    Migration(
        "members and publications are long lists",
        MembershipStore.list.counting + PublicationStore.list.counting),
    Migration("who acted for whom", auditActingSchema),
    Migration("suspended users", suspendedUsersSchema),
    Migration(
        "members by id",
        "CREATE INDEX members_by_id ON memberships (organization_id, user_id);"),
    Migration("external ids", OrganizationStore.externalIds.schema),
    Migration("offboardings", offboardingsSchema),
    Migration("events of audit entries", eventOutboxSchema),
    Migration(
        "sealed values by their secret",
        OrganizationStore.sealedKeys.schema + StorageStore.sealedSecrets.schema
            + StorageStore.sealedProbe.schema),
    Migration("retention", retentionSchema + tombstoneAgesSchema),
    Migration("audit of users", auditOfUsersSchema),
    Migration("changes of stores", StoreChangeStore.schema),
]

/// Triggers maintain `member_count` and `public_count`, cascades included, so that no statement can
/// forget to and no list has to count.
private let organizationsSchema = """
    CREATE TABLE organizations (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        slug TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        member_count INTEGER NOT NULL DEFAULT 0,
        public_count INTEGER NOT NULL DEFAULT 0,
        search_text TEXT NOT NULL,
        -- Sealed.
        npm_registry_key BLOB NOT NULL
    ) STRICT;
    CREATE INDEX public_stores ON organizations (id, search_text) WHERE public_count > 0;

    CREATE TABLE roles (
        id TEXT PRIMARY KEY,
        organization_id TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
        name TEXT NOT NULL,
        -- In which names are unique.
        folded_name TEXT NOT NULL,
        built_in TEXT CHECK (built_in IN ('owner', 'admin', 'member')),
        -- A JSON array.
        scopes TEXT NOT NULL,
        UNIQUE (organization_id, folded_name)
    ) STRICT;
    CREATE INDEX roles_of_organization ON roles (organization_id, id);

    CREATE TABLE memberships (
        user_id TEXT NOT NULL,
        organization_id TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id TEXT NOT NULL,
        role_id TEXT NOT NULL REFERENCES roles,
        joined_at INTEGER NOT NULL,
        PRIMARY KEY (user_id, organization_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX members_of_organization ON memberships (organization_id, joined_at, user_id);
    CREATE INDEX members_with_role ON memberships (role_id, joined_at, user_id);
    CREATE TRIGGER member_joined AFTER INSERT ON memberships BEGIN
        UPDATE organizations SET member_count = member_count + 1 WHERE id = new.organization_id;
    END;
    CREATE TRIGGER member_left AFTER DELETE ON memberships BEGIN
        UPDATE organizations SET member_count = member_count - 1 WHERE id = old.organization_id;
    END;
    """

/// The primary key of `publications` serves every access check: whether an entity is in a store.
private let storesSchema = """
    CREATE TABLE publications (
        entity_id TEXT NOT NULL,
        organization_id TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
        id TEXT NOT NULL UNIQUE,
        entity_type TEXT NOT NULL,
        is_public INTEGER NOT NULL,
        published_by TEXT NOT NULL,
        published_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (entity_id, organization_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX publications_of_store
        ON publications (organization_id, id, is_public, entity_type);
    CREATE INDEX public_publications ON publications (entity_id) WHERE is_public = 1;
    CREATE TRIGGER shown AFTER INSERT ON publications WHEN new.is_public BEGIN
        UPDATE organizations SET public_count = public_count + 1 WHERE id = new.organization_id;
    END;
    CREATE TRIGGER withdrawn AFTER DELETE ON publications WHEN old.is_public BEGIN
        UPDATE organizations SET public_count = public_count - 1 WHERE id = old.organization_id;
    END;
    CREATE TRIGGER shown_or_hidden AFTER UPDATE OF is_public ON publications
    WHEN new.is_public <> old.is_public BEGIN
        UPDATE organizations SET public_count = public_count + new.is_public - old.is_public
        WHERE id = new.organization_id;
    END;

    -- What entities are called, as far as was heard: the newest by the entity's own time.
    CREATE TABLE entity_names (
        entity_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

/// No row in `external_storages`: the storage is managed by us. The one row of `seals` reveals a
/// wrong key.
private let storageSchema = """
    CREATE TABLE external_storages (
        organization_id TEXT PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
        provider TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        bucket TEXT NOT NULL,
        region TEXT NOT NULL,
        access_key_id TEXT NOT NULL,
        -- Sealed.
        secret_access_key BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE seals (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        probe BLOB NOT NULL
    ) STRICT;
    """

/// The entities in public stores of all organizations, each with the version of its last change, so
/// that a service with a copy can ask for the changes since. Triggers maintain it, so that no
/// statement can forget to.
private let publicEntitiesSchema = """
    CREATE TABLE public_entities (
        entity_id TEXT PRIMARY KEY,
        -- How many stores show it; 0 for what was shown once.
        stores INTEGER NOT NULL,
        -- Of the change after which it is, or is not, public.
        version INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX public_changes ON public_entities (version, entity_id, stores);
    CREATE TABLE public_mark (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        epoch TEXT NOT NULL,
        version INTEGER NOT NULL
    ) STRICT;
    INSERT INTO public_entities
        SELECT entity_id, count(*), row_number() OVER (ORDER BY entity_id)
        FROM publications WHERE is_public = 1 GROUP BY entity_id;
    INSERT INTO public_mark
        SELECT 1, lower(hex(randomblob(16))), count(*) FROM public_entities;

    CREATE TRIGGER made_public AFTER INSERT ON publications WHEN new.is_public BEGIN
        UPDATE public_mark SET version = version + 1 WHERE one = 1;
        INSERT INTO public_entities
            VALUES (new.entity_id, 1, (SELECT version FROM public_mark WHERE one = 1))
            ON CONFLICT DO UPDATE SET stores = stores + 1,
                version = iif(stores = 0, excluded.version, version);
    END;
    CREATE TRIGGER public_withdrawn AFTER DELETE ON publications WHEN old.is_public BEGIN
        UPDATE public_mark SET version = version + 1 WHERE one = 1;
        UPDATE public_entities SET stores = stores - 1, version = iif(
                stores = 1, (SELECT version FROM public_mark WHERE one = 1), version)
            WHERE entity_id = old.entity_id;
    END;
    CREATE TRIGGER public_changed AFTER UPDATE OF is_public ON publications
    WHEN new.is_public <> old.is_public BEGIN
        UPDATE public_mark SET version = version + 1 WHERE one = 1;
        INSERT INTO public_entities
            VALUES (new.entity_id, 1, (SELECT version FROM public_mark WHERE one = 1))
            ON CONFLICT DO UPDATE SET stores = stores + new.is_public - old.is_public,
                version = iif(stores + new.is_public - old.is_public = 0
                    OR stores = 0, excluded.version, version);
    END;
    """

/// Existing roles whose names now fold alike stay as they are: each is found by its id, and by its
/// name in lower case.
private let foldedNames = """
    UPDATE organizations SET search_text = folded(name || char(10) || slug)
    WHERE search_text <> folded(name || char(10) || slug);
    UPDATE OR IGNORE roles SET folded_name = folded(name) WHERE folded_name <> folded(name);
    """
