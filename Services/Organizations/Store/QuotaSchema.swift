import WriteKit

/// Who created an organization, whoever owns it: its quota counts for them. Of those that are older
/// it is not known; they count for their longest-standing owner. Members have a counter already.
let organizationQuotasSchema =
    """
    ALTER TABLE organizations ADD COLUMN created_by TEXT;
    UPDATE organizations SET created_by = (
        SELECT m.user_id FROM memberships m JOIN roles r ON r.id = m.role_id
        WHERE m.organization_id = organizations.id AND r.built_in = 'owner'
        ORDER BY m.joined_at, m.user_id LIMIT 1);

    """ + QuotaUsage.schema
    + QuotaUsage.counting("organizations", in: "organizations", by: "created_by")
    + QuotaUsage.counting("publications", in: "publications", by: "organization_id")
