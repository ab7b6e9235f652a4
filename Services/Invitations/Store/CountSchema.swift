import SQLite

/// Lists of invitations aren't bounded: those that have ended stay.
let invitationCountsSchema =
    KeptCounts.counting(
        "invitations_of_entity", in: "invitations", by: "entity_id", and: "status")
    + KeptCounts.counting(
        "invitations_to_address", in: "invitations", by: "email", and: "status")

/// Counts a webhook's deliveries by status. `waiting` are the pending ones, which are limited.
let deliveryCountsSchema = """
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
