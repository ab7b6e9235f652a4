import SQLite
import WriteKit

/// The tables of workspaces; a step of the context's migrations.
///
/// Ids are UUIDs of version 7, which begin with their time of creation, and one process makes them
/// all: "newest first" is `ORDER BY id DESC`.
package let workspacesSchema = """
    CREATE TABLE workspaces (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE workspace_members (
        user_id TEXT NOT NULL,
        workspace_id TEXT NOT NULL,
        permissions TEXT NOT NULL CHECK (permissions IN ('owner', 'write', 'read')),
        shared_at INTEGER NOT NULL,
        PRIMARY KEY (user_id, workspace_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX members_of_workspace ON workspace_members (workspace_id, shared_at, user_id);
    CREATE UNIQUE INDEX owner_of_workspace ON workspace_members (workspace_id)
        WHERE permissions = 'owner';

    CREATE TABLE workspace_invitations (
        id TEXT PRIMARY KEY,
        workspace_id TEXT NOT NULL,
        email TEXT NOT NULL,
        permissions TEXT NOT NULL CHECK (permissions IN ('write', 'read')),
        status TEXT NOT NULL
            CHECK (status IN ('pending', 'accepted', 'rejected', 'expired', 'revoked')),
        invited_by TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        sent_at INTEGER NOT NULL,
        answered_by TEXT,
        answered_at INTEGER,
        -- What the workspace was called when it ended: who is not in it sees no later name.
        name_at_end TEXT,
        mail_id TEXT,
        email_status TEXT NOT NULL
            CHECK (email_status IN ('none', 'pending', 'sent', 'failed')),
        email_error TEXT,
        CHECK ((status = 'pending') = (name_at_end IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX pending_in_workspace ON workspace_invitations (workspace_id, email)
        WHERE status = 'pending';
    CREATE INDEX pending_of_workspace
        ON workspace_invitations (workspace_id, id, expires_at, status)
        WHERE status = 'pending';
    CREATE INDEX pending_of_inviter
        ON workspace_invitations (invited_by, workspace_id, id, expires_at, status)
        WHERE status = 'pending';
    CREATE INDEX workspace_invitations_of ON workspace_invitations (workspace_id, email, status);
    CREATE INDEX workspace_invitations_to
        ON workspace_invitations (email, id, status, expires_at);
    CREATE INDEX pending_workspace_by_expiry ON workspace_invitations (expires_at)
        WHERE status = 'pending';
    CREATE INDEX workspace_invitations_by_mail ON workspace_invitations (mail_id)
        WHERE mail_id IS NOT NULL;
    """

/// So that a page is found and counted from the index, without those of a workspace that is being
/// deleted.
package let invitationsToAddress = """
    DROP INDEX workspace_invitations_to;
    CREATE INDEX workspace_invitations_to
        ON workspace_invitations (email, id, status, expires_at, workspace_id);
    """

/// Lists that aren't bounded: the workspaces in which others gave a user a place, and invitations
/// to an address, those that have ended included. Overdue ones are counted apart until the sweep
/// stores that they have expired.
package let workspaceCountsSchema =
    KeptCounts.counting("workspaces_of_member", in: "workspace_members", by: "user_id")
    + KeptCounts.counting(
        "workspace_invitations_to", in: "workspace_invitations", by: "email", and: "status")
        + """
        CREATE INDEX pending_workspace_to ON workspace_invitations (email, expires_at, status)
            WHERE status = 'pending';
        """

/// Finds those that can be deleted.
package let endedWorkspaceInvitationsSchema = """
    CREATE INDEX ended_workspace_by_expiry ON workspace_invitations (expires_at)
        WHERE status <> 'pending';
    """

package let workspaceExternalIdsSchema = WorkspaceStore.externalIds.schema

/// The languages of their pages and mails.
package let workspaceInvitationLocalesSchema =
    "ALTER TABLE workspace_invitations ADD COLUMN locale TEXT;"

/// When the inviter was asked for a new one.
package let workspaceInvitationRequestsSchema =
    "ALTER TABLE workspace_invitations ADD COLUMN asked_at INTEGER;"

/// Where their pages lead after the answer.
package let workspaceInvitationReturnsSchema =
    "ALTER TABLE workspace_invitations ADD COLUMN return_url TEXT;"

/// Which secret made the link of an invitation.
package let workspaceLinkKeys = SealedColumn("link_key", of: "workspace_invitations")

package let workspaceLinkKeysSchema =
    "ALTER TABLE workspace_invitations ADD COLUMN link_key BLOB;\n" + workspaceLinkKeys.schema
