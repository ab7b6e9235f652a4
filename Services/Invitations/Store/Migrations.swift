import Collaboration
import Mail
import PublicEvents
import SQLite
import Workspaces
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
    Migration("long lists", LongList.schema + auditCounting),
    Migration("who acted for whom", auditActingSchema),
    Migration("suspended users", suspendedUsersSchema),
    Migration("collaborators by id", collaboratorsByIdSchema),
    Migration("external ids of workspaces", workspaceExternalIdsSchema),
    Migration("offboardings", offboardingsSchema + pendingToAddress),
    Migration("events of audit entries", eventOutboxSchema),
    Migration("one feed of all events", eventFeedSchema),
    Migration("organizations of known entities", knownOrganizationsSchema),
    Migration("failing webhooks", failingWebhooksSchema),
    Migration(
        "sealed values by their secret",
        sealedMails.schema + sealedWebhookSecrets.schema + invitationLinkKeysSchema
            + workspaceLinkKeysSchema),
    Migration(
        "retention",
        retentionSchema + tombstoneAgesSchema + endedInvitationsSchema
            + endedWorkspaceInvitationsSchema),
    Migration(
        "export of users",
        invitationsOfInviterSchema + workspaceInvitationsOfInviterSchema
            + auditOfUsersSchema),
    Migration("languages", invitationLocalesSchema + workspaceInvitationLocalesSchema),
    Migration(
        "asking for a new invitation",
        invitationRequestsSchema + workspaceInvitationRequestsSchema),
    Migration("back to the app", invitationReturnsSchema + workspaceInvitationReturnsSchema),
    Migration("attempts of deliveries", deliveryAttemptsSchema),
]
