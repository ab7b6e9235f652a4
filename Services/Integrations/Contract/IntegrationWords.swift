/// The words of the integrations context: its domain knows the same, which a test compares.
public enum IntegrationWords {
    /// What a member is in a team, the mightiest first.
    public static let teamRoles = ["admin", "data-wizard", "member"]
    public static let principalTypes = ["user", "team"]
    /// What says, besides a principal, why somebody has access.
    public static let owner = "owner"
    public static let platformAdmin = "platform_admin"
}

public enum IntegrationLimits {
    /// 0 would be no access, which DELETE gives.
    public static let accessLevels = 1...2_147_483_647
    /// What whoever sends anything else is told.
    public static let accessLevelRule =
        "must be a whole number from 1 to \(accessLevels.upperBound); use DELETE on the share to "
        + "revoke it"
}

/// Relations of HAL links and embedded objects; `inf:` is explained by the root's curie.
public enum IntegrationRelations {
    public static let integration = "inf:integration"
    public static let share = "inf:integration-share"
    /// One integration. Not `integration`: what is embedded under a relation stands for its links.
    public static let find = "inf:find"
    public static let findShare = "inf:find-share"
    public static let access = "inf:access"
    public static let user = "inf:user"
    public static let team = "inf:team"
    public static let teams = "inf:teams"
    public static let member = "inf:team-member"
    public static let curie = "inf"
}
