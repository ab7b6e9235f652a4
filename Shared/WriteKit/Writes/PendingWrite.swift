import SQLite

/// A change that is ready to be made. Use cases return it; who answers the request commits it, so
/// that the answer can be kept in the same transaction. Its steps always run in this order:
///
/// 1. **Admission**: who can do this, to what they can see (404, 403). It only reads.
/// 2. **Questions** to other contexts that the effect needs, asked for admitted callers alone.
/// 3. **Conditions** of the request (`If-Match`: 412), held against what the change shows.
/// 4. **Effect**: rules about state (409), saving, the audit.
///
/// Admission runs in a read first, so that a refusal neither makes calls nor waits for the writer,
/// and once more in the transaction of steps 3 and 4, on what is true then. A repeated request runs
/// admission alone: it must hold no rule that the first request's own effect breaks.
public struct PendingWrite<Shown, Value: Sendable>: Sendable {
    /// Throws if what there is differs from what the request demands.
    public typealias Condition = @Sendable (Shown) throws -> Void
    private typealias Step = @Sendable (Transaction, Condition?) throws -> Value

    private let database: Database
    private let committed: @Sendable () -> Void
    private let admission: @Sendable (any Queryable) throws -> Void
    private let prepare: @Sendable (_ isConditional: Bool) async throws -> Step

    /// - Parameters:
    ///   - committed: runs when the change is on disk, before it is answered.
    ///   - admit: finds what is to be changed, and refuses who can't change it.
    ///   - ask: gets whether the request has conditions: what only they need need not be asked.
    ///   - show: what the conditions are held against; called if there are any.
    ///   - effect: may throw `AskAgain` where what was asked no longer fits.
    public init<Subject: Sendable, Known: Sendable>(
        in database: Database, committed: @escaping @Sendable () -> Void = {},
        admit: @escaping @Sendable (any Queryable) throws -> Subject,
        asking ask: @escaping @Sendable (Subject, _ isConditional: Bool) async throws -> Known,
        showing show: @escaping @Sendable (Transaction, Subject, Known) throws -> Shown,
        _ effect: @escaping @Sendable (Transaction, Subject, Known) throws -> Value
    ) {
        self.database = database
        self.committed = committed
        admission = { _ = try admit($0) }
        prepare = { isConditional in
            let known = try await ask(try database.read { try admit($0) }, isConditional)
            return { tx, condition in
                let subject = try admit(tx)
                try condition?(try show(tx, subject, known))
                return try effect(tx, subject, known)
            }
        }
    }

    /// Runs the admission alone, on what is true now: for a request that was answered before.
    @_spi(Answering)
    public func admitAgain() throws { try database.read { try admission($0) } }

    /// Makes the change and, in the same transaction, `keep`. Returns once both are on disk.
    ///
    /// Only for who answers the request (`RequestContext.commit`): a change that is committed
    /// otherwise is made again when its request is repeated.
    @_spi(Answering)
    public func commit<Answer: Sendable>(
        if condition: Condition?, keep: @escaping @Sendable (Transaction, Value) throws -> Answer
    ) async throws -> Answer {
        while true {
            let step = try await prepare(condition != nil)
            do {
                let answer = try await database.write { try keep($0, try step($0, condition)) }
                committed()
                return answer
            } catch is AskAgain {
                // Each round is another change by somebody else: there are not many.
                continue
            }
        }
    }

    /// Makes a change that no user's request is answered with: a repetition makes it again, unless
    /// its own rules prevent that. Returns once it is on disk.
    @discardableResult
    public func commitWithoutKeepingAnswer() async throws -> Value {
        try await commit(if: nil) { $1 }
    }
}

/// What was asked before the transaction is about something that has changed since: the change is
/// prepared and tried again.
public struct AskAgain: Error {
    public init() {}
}

extension PendingWrite where Shown: Sendable {
    /// A change that needs no other context and shows what its admission finds.
    public init(
        in database: Database, committed: @escaping @Sendable () -> Void = {},
        admit: @escaping @Sendable (any Queryable) throws -> Shown,
        _ effect: @escaping @Sendable (Transaction, Shown) throws -> Value
    ) {
        self.init(
            in: database, committed: committed, admit: admit, asking: { _, _ in },
            showing: { _, shown, _ in shown }, { tx, shown, _ in try effect(tx, shown) })
    }

    /// A change that shows what its admission finds.
    public init<Known: Sendable>(
        in database: Database, committed: @escaping @Sendable () -> Void = {},
        admit: @escaping @Sendable (any Queryable) throws -> Shown,
        asking ask: @escaping @Sendable (Shown) async throws -> Known,
        _ effect: @escaping @Sendable (Transaction, Shown, Known) throws -> Value
    ) {
        self.init(
            in: database, committed: committed, admit: admit,
            asking: { shown, _ in
                try await ask(shown)
            }, showing: { _, shown, _ in shown }, effect)
    }
}
