import WriteKit

/// The creator of an entity, for whom its quota counts, whoever owns it. For entities from before
/// this step the creator is unknown; they count for their owner.
let entityQuotasSchema =
    """
    ALTER TABLE entities ADD COLUMN created_by TEXT;
    UPDATE entities SET created_by = owner_id;

    """ + QuotaUsage.schema
    + QuotaUsage.counting("entities", in: "entities", by: "created_by")
    + QuotaUsage.counting("versions", in: "versions", by: "published_by")
    + QuotaUsage.counting("shares", in: "shares", by: "created_by")
    + QuotaUsage.counting("publishers", in: "publishers", by: "entity_id")
    + QuotaUsage.counting("installations", in: "installations", by: "user_id")
