/// Relations of HAL links and embedded objects; the root's curie explains `inf:`.
public enum IntegrationRelations {
    public static let integration = "inf:integration"
    public static let share = "inf:integration-share"
    /// One integration. Not `integration`: in HAL an object embedded under a relation replaces the
    /// link of that name.
    public static let find = "inf:find"
    public static let findShare = "inf:find-share"
    public static let access = "inf:access"
    public static let user = "inf:user"
    public static let team = "inf:team"
    public static let teams = "inf:teams"
    public static let member = "inf:team-member"
    public static let curie = "inf"
}
