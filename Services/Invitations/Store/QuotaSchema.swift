import WriteKit

/// Who created a workspace, whoever owns it: its quota counts for them. Of those that are older it
/// is not known; they count for their owner.
let invitationQuotasSchema =
    """
    ALTER TABLE workspaces ADD COLUMN created_by TEXT;
    UPDATE workspaces SET created_by = (
        SELECT user_id FROM workspace_members
        WHERE workspace_id = workspaces.id AND permissions = 'owner');

    """ + QuotaUsage.schema
    + QuotaUsage.counting("workspaces", in: "workspaces", by: "created_by")
    + QuotaUsage.counting("collaborators", in: "collaborators", by: "entity_id")
