/// The limits of one request.
public enum EntityLimits {
    /// Addresses in one request to share.
    public static let addressees = 100
    /// Pairs of entity and user in one batch.
    public static let checks = 1_000
    /// Stores that an explanation of access lists for each step.
    public static let stores = 100
    /// Items of a page of people.
    public static let people = 1...100
    /// Unicode scalars of a version's notes.
    public static let notes = 10_000
    /// Characters of a package's URL.
    public static let packageURL = 2048
}
