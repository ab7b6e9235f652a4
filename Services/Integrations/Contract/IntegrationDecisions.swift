/// What the decision point (AuthZEN) can ask about integrations.
public enum IntegrationDecisions {
    public static let type = "integration"
    /// Whether the user sees it; with `accessLevel`: has at least that.
    public static let access = "access"
    /// Whether the user decides who it is shared with.
    public static let share = "share"
    /// Whether the user can do what owners can.
    public static let own = "own"

    public static let actions = [access, share, own]
}
