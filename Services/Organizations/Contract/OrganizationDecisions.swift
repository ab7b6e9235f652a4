/// What the decision point (AuthZEN) can ask about organizations.
public enum OrganizationDecisions {
    public static let type = "organization"
    /// Whether the user sees its members and settings.
    public static let read = "read"

    /// The others are the scopes of roles.
    public static let actions = [read] + RoleScope.allCases.map(\.rawValue)
}
