import Contract
import Kernel
import SQLite

/// What is deleted once it is old enough, and how. `Retention` (ServiceKit) applies it.
public struct RetentionRule: Sendable {
    /// Deletes at most `limit` of what is dated before a time, by an index.
    /// - Returns: how many; fewer than `limit` if no others are left.
    public typealias Purge =
        @Sendable (
            _ time: Timestamp, _ limit: Int, _ tx: Transaction
        ) throws -> Int

    /// In metrics and logs, such as `audit`.
    public let name: String
    /// Nil: forever.
    public let days: Int?
    /// The date of the oldest row.
    public let oldest: @Sendable (any Queryable) throws -> Timestamp?
    private let purge: Purge

    public init(
        _ name: String, days: Int?,
        oldest: @escaping @Sendable (any Queryable) throws -> Timestamp?,
        purge: @escaping Purge
    ) {
        self.name = name
        self.days = days
        self.oldest = oldest
        self.purge = purge
    }

    /// Before which time rows are deleted; nil for none.
    public func limit(at now: Timestamp) -> Timestamp? {
        days.map { now.adding(seconds: -86_400 * Int64($0)) }
    }

    /// Deletes some of what is too old.
    /// - Returns: how many; fewer than `limit` if no others are left.
    public func purge(limit count: Int, in tx: Transaction) throws -> Int {
        guard let time = limit(at: tx.now) else { return 0 }
        return try purge(time, count, tx)
    }
}

extension RetentionRule {
    /// Audit entries.
    public static func audit(days: Int?) -> RetentionRule {
        RetentionRule("audit", days: days, oldest: { try RetentionStore.oldestEntry(in: $0) }) {
            try RetentionStore.purgeAudit(before: $0, limit: $1, in: $2)
        }
    }

    /// Tombstones of what other contexts have deleted.
    public static func tombstones(days: Int?) -> RetentionRule {
        RetentionRule(
            "tombstones", days: days, oldest: { try RetentionStore.oldestTombstone(in: $0) }
        ) { try RetentionStore.purgeTombstones(before: $0, limit: $1, in: $2) }
    }

    /// Which events of other contexts were applied: as long as tombstones, as both protect from
    /// what arrives late.
    public static func inbox(days: Int?) -> RetentionRule {
        RetentionRule("inbox", days: days, oldest: { try RetentionStore.oldestApplied(in: $0) }) {
            try RetentionStore.purgeInbox(before: $0, limit: $1, in: $2)
        }
    }
}
