import Kernel
import SQLite

/// How many of something there can be of one holder: a user, or the thing that they belong to.
///
/// Use cases check it in the transaction that adds one more, so that parallel requests can't exceed
/// it. What is held is read from a counter: those of `quota_usage`, or one that a table keeps of
/// its own.
public struct Quota: Sendable {
    /// As `quota_usage` and the setting call it.
    public let name: String
    /// What is counted and for whom: "entities created by one user".
    public let what: String
    /// What a caller can do when it is used up, as an imperative.
    public let relief: String
    /// 0 for none.
    public var limit: Int

    public init(_ name: String, _ what: String, limit: Int, relief: String) {
        self.name = name
        self.what = what
        self.limit = limit
        self.relief = relief
    }

    /// `LATCHKEY_QUOTA_ENTITIES`.
    public var setting: String { "LATCHKEY_QUOTA_" + name.uppercased() }

    /// Requires room for one more.
    /// - Parameters:
    ///   - holder: the id of the user or thing, as `quota_usage` counts for it.
    ///   - others: those that it does not count.
    /// - Throws: 409 `quota_exceeded`.
    public func check(for holder: String, besides others: Int = 0, in db: some Queryable) throws {
        guard limit > 0 else { return }
        try check(used: others + QuotaUsage.of(self, holder, in: db))
    }

    /// Requires room for one more.
    /// - Parameter used: how many there are.
    public func check(used: Int) throws(Fault) {
        guard limit == 0 || used < limit else { throw exceeded }
    }

    private var exceeded: Fault {
        Fault(
            ProblemType.quotaExceeded(what),
            "The quota of \(limit) \(what) is used up. \(relief), or ask for a higher quota.",
            members: ["quota": name, "limit": "\(limit)"])
    }
}

/// The counters of quotas: kept by triggers, cascades included, so that no statement can forget
/// them and no check has to count.
public enum QuotaUsage {
    /// The table of the counters; a migration of a context that has quotas.
    public static let schema = """
        CREATE TABLE quota_usage (
            quota TEXT NOT NULL,
            holder TEXT NOT NULL,
            used INTEGER NOT NULL,
            PRIMARY KEY (quota, holder)
        ) STRICT, WITHOUT ROWID;

        """

    /// Counts the rows of `table` for the holder that each names in `column` (none if it is NULL),
    /// those that are there included; part of a migration.
    public static func counting(_ quota: String, in table: String, by column: String) -> String {
        """
        INSERT INTO quota_usage SELECT '\(quota)', \(column), count(*) FROM \(table)
        WHERE \(column) IS NOT NULL GROUP BY \(column);
        CREATE TRIGGER \(quota)_quota_used AFTER INSERT ON \(table)
        WHEN new.\(column) IS NOT NULL BEGIN
            INSERT INTO quota_usage VALUES ('\(quota)', new.\(column), 1)
            ON CONFLICT DO UPDATE SET used = used + 1;
        END;
        CREATE TRIGGER \(quota)_quota_freed AFTER DELETE ON \(table) BEGIN
            UPDATE quota_usage SET used = used - 1
            WHERE quota = '\(quota)' AND holder = old.\(column);
            DELETE FROM quota_usage
            WHERE quota = '\(quota)' AND holder = old.\(column) AND used = 0;
        END;
        CREATE TRIGGER \(quota)_quota_moved AFTER UPDATE OF \(column) ON \(table)
        WHEN new.\(column) IS NOT old.\(column) BEGIN
            UPDATE quota_usage SET used = used - 1
            WHERE quota = '\(quota)' AND holder = old.\(column);
            DELETE FROM quota_usage
            WHERE quota = '\(quota)' AND holder = old.\(column) AND used = 0;
            INSERT INTO quota_usage SELECT '\(quota)', new.\(column), 1
            WHERE new.\(column) IS NOT NULL
            ON CONFLICT DO UPDATE SET used = used + 1;
        END;

        """
    }

    static func of(_ quota: Quota, _ holder: String, in db: some Queryable) throws -> Int {
        try db.row(
            "SELECT used FROM quota_usage WHERE quota = ?1 AND holder = ?2", .text(quota.name),
            .text(holder)
        ) { Int($0.int(0)) } ?? 0
    }
}
