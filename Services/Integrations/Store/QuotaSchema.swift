import WriteKit

/// Who created an integration or a team, whoever has it: their quotas count for them. Of those that
/// are older it is not known; they count for the user who owns the integration, for nobody if that
/// is a team, and for the longest-standing admin of the team. Shares and members have counters
/// already.
let integrationQuotasSchema =
    """
    ALTER TABLE integrations ADD COLUMN created_by TEXT;
    UPDATE integrations SET created_by = owner WHERE owner NOT LIKE 'team:%';
    ALTER TABLE teams ADD COLUMN created_by TEXT;
    UPDATE teams SET created_by = (
        SELECT user_id FROM team_members WHERE team_id = teams.id AND role = 'admin'
        ORDER BY joined_at, user_id LIMIT 1);

    """ + QuotaUsage.schema
    + QuotaUsage.counting("integrations", in: "integrations", by: "created_by")
    + QuotaUsage.counting("teams", in: "teams", by: "created_by")
