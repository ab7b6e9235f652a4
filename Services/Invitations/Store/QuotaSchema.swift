import WriteKit

/// Who created a workspace: it counts for their quota, whoever owns it. The creators of older ones
/// aren't known; those count for their owner.
let invitationQuotasSchema =
    """
    ALTER TABLE workspaces ADD COLUMN created_by TEXT;
    UPDATE workspaces SET created_by = (
        SELECT user_id FROM workspace_members
        WHERE workspace_id = workspaces.id AND permissions = 'owner');

    """ + QuotaUsage.schema
    + QuotaUsage.counting("workspaces", in: "workspaces", by: "created_by")
    + QuotaUsage.counting("collaborators", in: "collaborators", by: "entity_id")
