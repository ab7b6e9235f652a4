import SQLite

/// Where the secrets of webhooks are sealed.
package let sealedWebhookSecrets = SealedColumn(
    "sealed", of: "webhook_secrets", id: "webhook_id", number: "number")

/// Events, each for the user who owned the entity at that moment.
package let eventsSchema = """
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

package let webhooksSchema = """
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
package let waitingSchema = """
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

/// Find the rows that a clock running ahead has dated (`Redating.swift`).
package let datedSchema = """
    -- When it was tried last.
    ALTER TABLE deliveries ADD COLUMN tried_at INTEGER;
    CREATE INDEX deliveries_tried ON deliveries (tried_at)
        WHERE status = 'pending' AND tried_at IS NOT NULL;
    CREATE INDEX former_secrets ON webhook_secrets (good_until) WHERE good_until IS NOT NULL;
    """

/// What the latest attempt of a delivery sent where, and the beginning of what was returned. Apart
/// from `deliveries`, so that lists and due deliveries are found without reading it.
package let deliveryAttemptsSchema = """
    CREATE TABLE delivery_attempts (
        webhook_id TEXT NOT NULL,
        event_number INTEGER NOT NULL,
        url TEXT NOT NULL,
        -- The time that was signed.
        sent_at INTEGER NOT NULL,
        -- Milliseconds until the response was read.
        duration INTEGER NOT NULL,
        -- Nothing from here on if there was no response.
        status INTEGER,
        -- A JSON array of names and values in turn.
        headers TEXT,
        body BLOB,
        is_truncated INTEGER,
        PRIMARY KEY (webhook_id, event_number),
        CHECK (status IS NULL OR headers IS NOT NULL AND body IS NOT NULL
            AND is_truncated IS NOT NULL)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER delivery_attempt_removed AFTER DELETE ON deliveries BEGIN
        DELETE FROM delivery_attempts
        WHERE webhook_id = old.webhook_id AND event_number = old.event_number;
    END;
    """

/// Counts a webhook's deliveries by status. `waiting` are the pending ones, which are limited.
package let deliveryCountsSchema = """
    ALTER TABLE webhooks ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE webhooks ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
    UPDATE webhooks SET
        delivered = (SELECT count(*) FROM deliveries INDEXED BY deliveries_by_status
            WHERE webhook_id = webhooks.id AND status = 'delivered'),
        failed = (SELECT count(*) FROM deliveries INDEXED BY deliveries_by_status
            WHERE webhook_id = webhooks.id AND status = 'failed');
    DROP TRIGGER delivery_waits;
    DROP TRIGGER delivery_waits_again;
    DROP TRIGGER delivery_has_ended;
    DROP TRIGGER delivery_is_deleted;
    CREATE TRIGGER delivery_added AFTER INSERT ON deliveries BEGIN
        UPDATE webhooks SET waiting = waiting + (new.status = 'pending'),
            delivered = delivered + (new.status = 'delivered'),
            failed = failed + (new.status = 'failed')
        WHERE id = new.webhook_id;
    END;
    CREATE TRIGGER delivery_removed AFTER DELETE ON deliveries BEGIN
        UPDATE webhooks SET waiting = waiting - (old.status = 'pending'),
            delivered = delivered - (old.status = 'delivered'),
            failed = failed - (old.status = 'failed')
        WHERE id = old.webhook_id;
    END;
    CREATE TRIGGER delivery_moved AFTER UPDATE OF status ON deliveries
    WHEN new.status <> old.status BEGIN
        UPDATE webhooks SET
            waiting = waiting + (new.status = 'pending') - (old.status = 'pending'),
            delivered = delivered + (new.status = 'delivered') - (old.status = 'delivered'),
            failed = failed + (new.status = 'failed') - (old.status = 'failed')
        WHERE id = new.webhook_id;
    END;
    """

/// Events of all contexts, each stored once, with those who can receive it as columns. Numbers stay
/// used, and are the feed's sequence: they were never less than the former ones, which counted the
/// events of each user, so that no reader of a feed misses any.
package let eventFeedSchema = """
    CREATE TABLE feed (
        -- In the order in which they arrived here.
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        type TEXT NOT NULL,
        subject_type TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        parent_type TEXT,
        parent_id TEXT,
        actor_id TEXT,
        acting_id TEXT,
        -- The user who receives it in scope `own`.
        recipient TEXT,
        -- The organization whose admins can receive it.
        organization_id TEXT,
        -- For its recipient or one webhook alone: the same for another user, or a test.
        is_private INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        -- When it arrived here: never decreases with the number, as far as the clock is right.
        stored_at INTEGER NOT NULL,
        data TEXT NOT NULL
    ) STRICT;
    INSERT INTO sqlite_sequence (name, seq)
        SELECT 'feed', seq FROM sqlite_sequence WHERE name = 'events';
    INSERT INTO feed
        SELECT number, id, type,
            CASE WHEN type LIKE 'workspace.invitation%' THEN 'workspace_invitation'
                WHEN type LIKE 'workspace.%' THEN 'workspace_member'
                ELSE substr(type, 1, instr(type, '.') - 1) END,
            coalesce(json_extract(data, '$.invitation_id'), json_extract(data, '$.user_id'),
                subject_id),
            CASE WHEN type LIKE 'workspace.%' THEN 'workspace'
                WHEN type <> 'webhook.test' THEN 'entity' END,
            CASE WHEN type <> 'webhook.test' THEN subject_id END,
            NULL, NULL, CASE WHEN type <> 'webhook.test' THEN recipient END, NULL,
            type = 'webhook.test', created_at, created_at, data
        FROM events ORDER BY number;
    DROP TABLE events;
    DROP TABLE event_counts;
    ALTER TABLE feed RENAME TO events;
    CREATE INDEX events_of_recipient ON events (recipient, number) WHERE recipient IS NOT NULL;
    CREATE INDEX events_of_organization ON events (organization_id, number)
        WHERE organization_id IS NOT NULL;
    CREATE INDEX events_of_subject ON events (subject_id, number);
    CREATE INDEX events_of_parent ON events (parent_id, number) WHERE parent_id IS NOT NULL;
    CREATE INDEX events_by_age ON events (stored_at, number);

    -- own, organization or platform.
    ALTER TABLE webhooks ADD COLUMN scope TEXT NOT NULL DEFAULT 'own';
    ALTER TABLE webhooks ADD COLUMN organization_id TEXT;
    CREATE INDEX webhooks_of_organization ON webhooks (organization_id, id)
        WHERE organization_id IS NOT NULL;
    CREATE INDEX webhooks_of_platform ON webhooks (id) WHERE scope = 'platform';
    """
