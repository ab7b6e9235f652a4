import SQLite

/// A change that is ready to be made. Use cases return it (`UseCases.write`); who answers the
/// request commits it, so that the answer can be kept in the same transaction. Its steps always run
/// in this order:
///
/// 1. **Admission**: who can do this, to what they can see (404, 403). It only reads.
/// 2. **Questions** to other contexts that the effect needs, asked for admitted callers alone.
/// 3. **Conditions** of the request (`If-Match`: 412), held against what the change shows.
/// 4. **Commands** to other contexts, which few changes have. They are idempotent: if the change
///    fails after them, a repetition finishes it.
/// 5. **Effect**: rules about state (409), saving, the audit.
///
/// The first three run in a read, so that a refusal does not wait for the writer, and so that the
/// writer computes no tag of a representation. Admission runs once more in the transaction of the
/// effect, on what is true then, unless nothing was written since; so it depends on what it reads
/// alone. Where what is shown has changed since the conditions were checked, all begins again. A
/// repeated request runs admission alone: it must hold no rule that the first request's own effect
/// breaks.
public struct PendingWrite<Shown: Sendable, Value: Sendable>: Sendable {
    /// Throws if what there is differs from what the request demands.
    public typealias Condition = @Sendable (Shown) throws -> Void
    private typealias Step = @Sendable (Transaction) throws -> Value

    private let database: Database
    private let committed: @Sendable () -> Void
    private let admission: @Sendable (any Queryable) throws -> Void
    private let prepare: @Sendable (Condition?) async throws -> Step

    /// As `UseCases.write` describes.
    init<Subject: Sendable, Known: Sendable, Done: Sendable>(
        in database: Database, committed: @escaping @Sendable () -> Void,
        admit: @escaping @Sendable (any Queryable) throws -> Subject,
        asking ask: @escaping @Sendable (Subject, _ isConditional: Bool) async throws -> Known,
        showing show: @escaping @Sendable (any Queryable, Subject, Known) throws -> Shown,
        isSame: @escaping @Sendable (Shown, Shown) -> Bool,
        commanding command: @escaping @Sendable (Subject, Known) async throws -> Done,
        _ effect: @escaping @Sendable (Transaction, Subject, Done) throws -> Value
    ) {
        self.database = database
        self.committed = committed
        admission = { _ = try admit($0) }
        prepare = { condition in
            let version = database.version
            let admitted = try database.read { try admit($0) }
            let known = try await ask(admitted, condition != nil)
            guard let condition else {
                let done = try await command(admitted, known)
                return { tx in
                    // A write that comes alone sees what its admission has read.
                    try effect(tx, tx.sees(version) ? admitted : try admit(tx), done)
                }
            }
            let shown = try database.read { try show($0, try admit($0), known) }
            try condition(shown)
            let done = try await command(admitted, known)
            return { tx in
                let subject = try admit(tx)
                guard isSame(shown, try show(tx, subject, known)) else { throw AskAgain() }
                return try effect(tx, subject, done)
            }
        }
    }

    /// The same without questions and commands to other contexts.
    init<Subject: Sendable>(
        in database: Database, committed: @escaping @Sendable () -> Void,
        admit: @escaping @Sendable (any Queryable) throws -> Subject,
        showing show: @escaping @Sendable (any Queryable, Subject) throws -> Shown,
        isSame: @escaping @Sendable (Shown, Shown) -> Bool,
        _ effect: @escaping @Sendable (Transaction, Subject) throws -> Value
    ) {
        self.database = database
        self.committed = committed
        admission = { _ = try admit($0) }
        prepare = { condition in
            let version = database.version
            guard let condition else {
                let admitted = try database.read { try admit($0) }
                return { try effect($0, $0.sees(version) ? admitted : try admit($0)) }
            }
            let shown = try database.read { try show($0, try admit($0)) }
            try condition(shown)
            return { tx in
                let subject = try admit(tx)
                guard isSame(shown, try show(tx, subject)) else { throw AskAgain() }
                return try effect(tx, subject)
            }
        }
    }

    /// Runs the admission alone, on what is true now: for a request that was answered before. What
    /// it changed has settled then, also if whoever answered it was killed before.
    @_spi(Answering)
    public func admitAgain() async throws {
        try database.read { try admission($0) }
        try await database.settle()
    }

    /// Makes the change and, in the same transaction, `keep`. Returns once both are on disk.
    ///
    /// Only for who answers the request (`RequestContext.commit`): a change that is committed
    /// otherwise is made again when its request is repeated.
    @_spi(Answering)
    public func commit<Answer: Sendable>(
        if condition: Condition?, keep: @escaping @Sendable (Transaction, Value) throws -> Answer
    ) async throws -> Answer {
        var round = 1
        while true {
            do {
                let step = try await prepare(condition)
                let (answer, isUnchanged) = try await database.write { tx in
                    let before = tx.changedRows
                    let value = try step(tx)
                    let isUnchanged = before == tx.changedRows
                    return (try keep(tx, value), isUnchanged)
                }
                // What it says was so before, perhaps by a write that has not returned.
                if isUnchanged { try await database.settle() }
                committed()
                return answer
            } catch is AskAgain where round < maximumRounds {
                round += 1
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

/// Each round of a write but the first is another change by somebody else in the few milliseconds
/// before, so there are not many. Without a limit, what differs from itself whenever it is read
/// would go round for ever.
private let maximumRounds = 100

/// What was asked before the transaction is about something that has changed since: the change is
/// prepared and tried again.
public struct AskAgain: Error {
    public init() {}
}
