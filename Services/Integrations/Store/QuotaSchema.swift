import WriteKit

/// The creator of each integration and team, toward whose quota it counts. Older rows don't name
/// their creator: an integration counts for the user who owns it, or for nobody if a team does; a
/// team counts for its longest-standing admin. Shares and members already have counters.
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
