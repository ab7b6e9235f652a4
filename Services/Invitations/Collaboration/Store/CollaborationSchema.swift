import SQLite

/// Which secret made the link of an invitation.
package let invitationLinkKeys = SealedColumn(
    "link_key", of: "invitations", number: "generation")

package let invitationLinkKeysSchema =
    "ALTER TABLE invitations ADD COLUMN link_key BLOB;\n" + invitationLinkKeys.schema

package let invitationsSchema = """
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

/// The organization that an entity belongs to, whose subscribers receive events. Nothing for those
/// that were known before, until they are next asked about.
package let knownOrganizationsSchema =
    "ALTER TABLE known_entities ADD COLUMN organization_id TEXT;"

/// Who collaborates, by id.
package let collaboratorsByIdSchema =
    "CREATE INDEX collaborators_by_id ON collaborators (entity_id, user_id);"

/// Finds those that can be deleted.
package let endedInvitationsSchema = """
    CREATE INDEX ended_by_expiry ON invitations (expires_at) WHERE status <> 'pending';

    """

/// So that those to an address are found among all that have ended.
package let pendingToAddress = """
    CREATE INDEX pending_to_address ON invitations (email, entity_id) WHERE status = 'pending';
    """

/// The languages of their pages and mails.
package let invitationLocalesSchema = "ALTER TABLE invitations ADD COLUMN locale TEXT;\n"

/// When the inviter was asked for a new one.
package let invitationRequestsSchema = "ALTER TABLE invitations ADD COLUMN asked_at INTEGER;\n"

/// Where their pages lead after the answer.
package let invitationReturnsSchema = "ALTER TABLE invitations ADD COLUMN return_url TEXT;\n"

/// Lists of invitations aren't bounded: those that have ended stay.
package let invitationCountsSchema =
    KeptCounts.counting(
        "invitations_of_entity", in: "invitations", by: "entity_id", and: "status")
    + KeptCounts.counting(
        "invitations_to_address", in: "invitations", by: "email", and: "status")
