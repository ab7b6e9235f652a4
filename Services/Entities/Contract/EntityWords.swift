/// The words of the entities context: its domain knows the same, which a test compares.
public enum EntityWords {
    /// The types of entities.
    public static let types = ["app", "service", "chat_extension"]
    /// The access hierarchy, in its order.
    public static let steps = [
        "publisher", "direct_share", "organization_store", "public_store", "collaborator",
    ]
}

/// How much one request may carry.
public enum EntityLimits {
    /// Addresses that an entity is shared with at once.
    public static let addressees = 100
    /// Pairs of entity and user checked at once.
    public static let checks = 1_000
    /// Unicode scalars of a version's notes.
    public static let notes = 10_000
    /// Characters of a package's address.
    public static let packageURL = 2048
}
