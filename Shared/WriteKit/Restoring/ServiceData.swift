import SQLite

/// The database of a context, for what handles it while the service does not run: backups and
/// their restoring.
public struct ServiceData: Sendable {
    /// The context's schema.
    public let migrations: [Migration]
    /// What changes in a restored database: nothing new gets a number, mark or code that somebody
    /// outside may know from the time after the backup.
    public let restored: @Sendable (Transaction) throws -> Void
    /// What other contexts must know to agree with it.
    public let facts: @Sendable (any Queryable) throws -> RestoredFacts
    /// Lets it agree with the facts of all.
    public let agree: @Sendable (Restoration, Transaction) throws -> Void

    public init(
        migrations: [Migration],
        restored: @escaping @Sendable (Transaction) throws -> Void = { _ in },
        facts: @escaping @Sendable (any Queryable) throws -> RestoredFacts,
        agree: @escaping @Sendable (Restoration, Transaction) throws -> Void
    ) {
        self.migrations = migrations
        self.restored = restored
        self.facts = facts
        self.agree = agree
    }
}
