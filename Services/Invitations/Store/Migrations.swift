import Mail
import SQLite
import WriteKit

/// The schema, step by step. Append-only: `MigrationTests` holds each step by its digest, and
/// `Shared/SQLite/README.md` says how to add one.
///
/// Ids of invitations begin with their time of creation and one process makes them all, so "newest
/// first" is `ORDER BY id DESC`, and one index column serves both order and identity.
public let invitationsMigrations = [
    Migration("invitations", invitationsSchema),
    Migration("events", eventsSchema),
    Migration("inbox", inboxSchema),
    Migration("what is gone", tombstonesSchema),
    Migration("audit", auditSchema),
    Migration("kept answers", storedResponsesSchema),
    Migration("mails", mailSchema),
    Migration("webhooks", webhooksSchema),
    Migration("workspaces", workspacesSchema),
    Migration("deliveries that wait", waitingSchema),
    Migration("tries of mails", mailTriesSchema),
    Migration("what is dated by attempts and rotations", datedSchema),
    Migration("bytes of kept answers", storedResponseBytesSchema),
    Migration("quotas", invitationQuotasSchema),
    Migration("jobs", jobsSchema),
    Migration("invitations to an address, with their workspace", invitationsToAddress),
    Migration("names of stored responses", storedResponseNamesSchema),
    Migration("name of tombstones", tombstoneNamesSchema),
    Migration("kept counts", KeptCounts.schema),
    Migration("counts of invitations", invitationCountsSchema),
    Migration("counts of workspaces", workspaceCountsSchema),
    Migration("counts of deliveries", deliveryCountsSchema),
]

/// Find the rows that a clock running ahead has dated (`Redating.swift`).
private let datedSchema = """
    -- When it was tried last.
    ALTER TABLE deliveries ADD COLUMN tried_at INTEGER;
    CREATE INDEX deliveries_tried ON deliveries (tried_at)
        WHERE status = 'pending' AND tried_at IS NOT NULL;
    CREATE INDEX former_secrets ON webhook_secrets (good_until) WHERE good_until IS NOT NULL;
    """

private let invitationsSchema = """
    CREATE TABLE invitations (
        id TEXT PRIMARY KEY,
        entity_id TEXT NOT NULL,
        email TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('collaborator', 'viewer')),
        status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'expired', 'revoked')),
        invited_by TEXT NOT NULL,
        message TEXT,
        days INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        accepted_at INTEGER,
        accepted_by TEXT,
        -- The token of their session then.
        accepted_with TEXT,
        is_declined INTEGER NOT NULL DEFAULT 0,
        generation INTEGER NOT NULL DEFAULT 1,
        claim_digest BLOB,
        mail_id TEXT,
        email_status TEXT NOT NULL
            CHECK (email_status IN ('none', 'pending', 'sent', 'failed')),
        email_error TEXT
    ) STRICT;
    CREATE INDEX invitations_of_entity ON invitations (entity_id, id, status);
    CREATE UNIQUE INDEX pending_of_address ON invitations (entity_id, email)
        WHERE status = 'pending';
    CREATE INDEX invitations_to_address ON invitations (email, id, status);
    CREATE INDEX pending_by_expiry ON invitations (expires_at) WHERE status = 'pending';
    CREATE INDEX pending_by_inviter ON invitations (invited_by, expires_at)
        WHERE status = 'pending';
    CREATE INDEX invitations_by_mail ON invitations (mail_id) WHERE mail_id IS NOT NULL;

    CREATE TABLE collaborators (
        user_id TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('collaborator', 'viewer')),
        added_by TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        PRIMARY KEY (user_id, entity_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX collaborators_of_entity ON collaborators (entity_id, added_at, user_id);

    -- What counts for the quotas, kept for a day at least: it outlives the invitation and the
    -- entity.
    CREATE TABLE sendings (
        inviter TEXT NOT NULL,
        sent_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sendings_of_inviter ON sendings (inviter, sent_at);

    -- What is known here of entities: the newest by the entity's own time.
    CREATE TABLE known_entities (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        named_at INTEGER NOT NULL,
        owner_id TEXT NOT NULL,
        owned_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

/// Events, each for the user who owned the entity at that moment.
private let eventsSchema = """
    CREATE TABLE events (
        -- In the order in which things happened, over all users.
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        type TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        recipient TEXT NOT NULL,
        -- Counts those of the recipient, from 1 without gaps.
        sequence INTEGER NOT NULL,
        data TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX events_of_recipient ON events (recipient, sequence);
    CREATE INDEX events_by_age ON events (created_at);

    -- The last sequence of each recipient: events are deleted, their numbers stay used.
    CREATE TABLE event_counts (
        recipient TEXT PRIMARY KEY,
        last INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

private let webhooksSchema = """
    CREATE TABLE webhooks (
        id TEXT PRIMARY KEY,
        owner_id TEXT NOT NULL,
        url TEXT NOT NULL,
        -- A JSON array of types.
        events TEXT NOT NULL,
        is_enabled INTEGER NOT NULL,
        disabled_reason TEXT,
        failing_since INTEGER,
        created_at INTEGER NOT NULL,
        -- Its owner is to be mailed that it was disabled.
        notice_due INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX webhooks_of_owner ON webhooks (owner_id, id);
    CREATE INDEX webhook_notices ON webhooks (id) WHERE notice_due = 1;

    CREATE TABLE webhook_secrets (
        webhook_id TEXT NOT NULL,
        -- From 1; the last is the one that its owner got last.
        number INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        -- Until when messages are signed with it too; nothing: with the last.
        good_until INTEGER,
        PRIMARY KEY (webhook_id, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE deliveries (
        webhook_id TEXT NOT NULL,
        event_number INTEGER NOT NULL,
        event_id TEXT NOT NULL,
        type TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
        attempts INTEGER NOT NULL DEFAULT 0,
        step INTEGER NOT NULL DEFAULT 0,
        -- 0 for what was never tried, so that a clock that was set back delays none.
        next_at INTEGER,
        last_status INTEGER,
        last_error TEXT,
        created_at INTEGER NOT NULL,
        delivered_at INTEGER,
        PRIMARY KEY (webhook_id, event_number),
        CHECK ((status = 'pending') = (next_at IS NOT NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deliveries_due ON deliveries (webhook_id, next_at, event_number)
        WHERE status = 'pending';
    CREATE INDEX deliveries_of_subject ON deliveries (webhook_id, subject_id, event_number)
        WHERE status = 'pending';
    CREATE INDEX deliveries_by_status ON deliveries (webhook_id, status, event_number);
    CREATE INDEX deliveries_of_event ON deliveries (event_number);
    """

/// Counts the pending deliveries of a webhook, so that they can be limited, and lists deleted
/// webhooks, whose deliveries are deleted some at a time.
private let waitingSchema = """
    ALTER TABLE webhooks ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
    UPDATE webhooks SET waiting = (
        SELECT count(*) FROM deliveries d INDEXED BY deliveries_due
        WHERE d.webhook_id = webhooks.id AND d.status = 'pending');
    CREATE TRIGGER delivery_waits AFTER INSERT ON deliveries WHEN NEW.status = 'pending' BEGIN
        UPDATE webhooks SET waiting = waiting + 1 WHERE id = NEW.webhook_id;
    END;
    CREATE TRIGGER delivery_waits_again AFTER UPDATE OF status ON deliveries
    WHEN OLD.status <> 'pending' AND NEW.status = 'pending' BEGIN
        UPDATE webhooks SET waiting = waiting + 1 WHERE id = NEW.webhook_id;
    END;
    CREATE TRIGGER delivery_has_ended AFTER UPDATE OF status ON deliveries
    WHEN OLD.status = 'pending' AND NEW.status <> 'pending' BEGIN
        UPDATE webhooks SET waiting = waiting - 1 WHERE id = NEW.webhook_id;
    END;
    CREATE TRIGGER delivery_is_deleted AFTER DELETE ON deliveries WHEN OLD.status = 'pending' BEGIN
        UPDATE webhooks SET waiting = waiting - 1 WHERE id = OLD.webhook_id;
    END;

    CREATE TABLE deleted_webhooks (
        id TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
    """
