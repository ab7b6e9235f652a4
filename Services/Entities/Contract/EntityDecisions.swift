/// What the decision point (AuthZEN) can ask about entities.
public enum EntityDecisions {
    public static let type = "entity"
    /// Whether the user can see and install it.
    public static let access = "access"
    /// Whether the user can change it and push versions.
    public static let publish = "publish"
    public static let own = "own"

    public static let actions = [access, publish, own]
}
