import WriteKit

/// An organization counts for the user who created it, whoever owns it. For older organizations
/// that user is unknown; they count for their longest-standing owner. `member_count` exists
/// already.
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
