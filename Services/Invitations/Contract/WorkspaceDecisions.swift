/// What the decision point (AuthZEN) can ask about workspaces.
public enum WorkspaceDecisions {
    public static let type = "workspace"
    public static let actions = ["read", "write", "own"]

    /// The permission that an action needs; nil if there is no such action.
    public static func permission(for action: String) -> WorkspacePermission? {
        switch action {
        case "read": .read
        case "write": .write
        case "own": .owner
        default: nil
        }
    }
}
