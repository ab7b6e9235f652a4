import FoundationEssentials
import Kernel
import SQLite

/// How many rows the transaction that begins a job may touch for it: at some 0.2 ms each with their
/// audit entries, other writes wait for less than 100 ms, once. `JobRunner` touches fewer in each.
public let jobSliceRows = 200

/// The table of jobs; a migration of the context that has them.
public let jobsSchema = """
    CREATE TABLE jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        -- The id of the thing that is deleted, or whose effects are applied.
        subject TEXT NOT NULL,
        -- JSON: what is left to do.
        data TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX jobs_of_subject ON jobs (kind, subject, created_at);
    """

/// Work over more rows than one transaction should touch, as it is kept between transactions.
/// It is stored as JSON, so the names of its cases and members must stay.
public protocol BackgroundJob: Codable, Sendable {
    /// Queries that must not see what is being deleted look for it: `entity.deleted` and the like.
    var kind: String { get }
    var subject: String { get }
}

/// How many rows one transaction can still touch.
public struct RowBudget: Sendable {
    /// Rows.
    public private(set) var left: Int

    public init(_ rows: Int) { left = rows }

    /// Counts `rows` as touched.
    public mutating func spend(_ rows: Int) { left = max(0, left - rows) }
    /// Whether the transaction should end.
    public var isSpent: Bool { left == 0 }
}

/// Changes that touch any number of rows, made in transactions that touch few.
///
/// The transaction of the cause begins the job. What is small is done in it, at once. What is not
/// is written down, and a worker does a slice of it in each of many transactions, between which
/// everybody else's writes have their turn; killed at any point, it goes on where it was. Jobs are
/// done one after the other in the order of their causes, so that none overtakes what it follows
/// from. Whoever begins one makes sure that what is gone is gone for all queries in the same
/// transaction.
public struct Jobs<Job: BackgroundJob>: Sendable {
    /// Runs a part of a job, within the budget of rows.
    /// - Returns: whether all is done; otherwise the job says what is left.
    public typealias Slice = @Sendable (inout Job, inout RowBudget, Transaction) throws -> Bool

    private let rows: Int
    private let slice: Slice

    /// - Parameter rows: a slice's; tests take fewer.
    public init(rows: Int = jobSliceRows, slice: @escaping Slice) {
        self.rows = rows
        self.slice = slice
    }

    /// Begins a job in the transaction of its cause.
    /// - Returns: whether all of it was done.
    @discardableResult
    public func begin(_ job: Job, in tx: Transaction) throws -> Bool {
        var budget = RowBudget(rows)
        return try begin(job, &budget, in: tx)
    }

    /// Begins a job that another one causes.
    @discardableResult
    public func begin(
        _ job: Job, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        var job = job
        if try !JobStore.hasAny(in: tx), try slice(&job, &budget, tx) { return true }
        try JobStore.insert(kind: job.kind, subject: job.subject, try SortedJSON.text(job), in: tx)
        return false
    }

    /// One slice of the oldest job.
    /// - Parameter rows: how many it touches at most; nil for as many as the first.
    /// - Returns: whether there was one.
    public func advance(rows: Int? = nil, in tx: Transaction) throws -> Bool {
        guard let oldest = try JobStore.oldest(in: tx) else { return false }
        var job = try JSONDecoder().decode(Job.self, from: Data(oldest.data.utf8))
        var budget = RowBudget(min(rows ?? self.rows, self.rows))
        if try slice(&job, &budget, tx) {
            try JobStore.delete(oldest.number, in: tx)
        } else {
            try JobStore.update(oldest.number, try SortedJSON.text(job), in: tx)
        }
        return true
    }
}

/// Rows of `jobs`.
public enum JobStore {
    /// Whether a job waits.
    public static func hasAny(in db: some Queryable) throws -> Bool {
        try oldestBegun(in: db) != nil
    }

    /// When the next job was begun; nil if none waits.
    public static func oldestBegun(in db: some Queryable) throws -> Timestamp? {
        try db.row("SELECT created_at FROM jobs WHERE number > 0 ORDER BY number LIMIT 1") {
            $0.time(0)
        }
    }

    /// Whether a job about this thing is not done.
    public static func waits(
        _ kind: String, _ subject: String, in db: some Queryable
    ) throws -> Bool {
        try db.row(
            "SELECT 1 FROM jobs WHERE kind = ?1 AND subject = ?2", .text(kind), .text(subject)
        ) { _ in true } ?? false
    }

    /// How many wait, and since when the oldest does.
    public static func backlog(
        in db: some Queryable
    ) throws -> (count: Int, oldest: Timestamp?) {
        try db.row("SELECT count(*), min(created_at) FROM jobs WHERE number > 0") {
            (Int($0.int(0)), $0.timeOrNil(1))
        } ?? (0, nil)
    }

    static func oldest(in db: some Queryable) throws -> (number: Int64, data: String)? {
        try db.row("SELECT number, data FROM jobs WHERE number > 0 ORDER BY number LIMIT 1") {
            ($0.int(0), $0.text(1))
        }
    }

    static func insert(
        kind: String, subject: String, _ data: String, in tx: Transaction
    ) throws {
        try tx.execute(
            "INSERT INTO jobs (kind, subject, data, created_at) VALUES (?1, ?2, ?3, ?4)",
            .text(kind), .text(subject), .text(data), .time(tx.now))
    }

    static func update(_ number: Int64, _ data: String, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE jobs SET data = ?2 WHERE number = ?1", .int(number), .text(data))
    }

    static func delete(_ number: Int64, in tx: Transaction) throws {
        try tx.execute("DELETE FROM jobs WHERE number = ?1", .int(number))
    }
}
