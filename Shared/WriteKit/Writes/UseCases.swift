import Contract
import Kernel
import SQLite

/// What the use cases of a context have in common. They write through this: a write needs its
/// caller, who is checked once more in its transaction, and can't be made otherwise.
public protocol UseCases: Sendable {
    /// The context's own.
    var database: Database { get }
    /// For new ids.
    var ids: IDMinter { get }
    /// The services that receive the context's events.
    var listeners: [String] { get }
    /// Runs when a write is on disk, before it is answered.
    var wrote: @Sendable () -> Void { get }

    /// Runs after an audit entry's event was written to the outbox (`EventOutbox`), in its
    /// transaction.
    func publish(in tx: Transaction) throws

    /// Refuses a caller who may not write any more: they can have been deleted since the request
    /// began.
    static func check(_ caller: Caller, in db: any Queryable) throws
}

extension UseCases {
    /// None.
    public var listeners: [String] { [] }
    /// Nothing.
    public var wrote: @Sendable () -> Void { {} }
    /// Nothing: the event waits for its relay.
    public func publish(in tx: Transaction) throws {}
    /// Refuses users whose deletion or suspension was received: 403 `user_deleted`,
    /// `user_suspended`.
    public static func check(_ caller: Caller, in db: any Queryable) throws {
        switch try SuspendedUsers.exclusion(of: caller.userId, in: db) {
        case nil: break
        case .deleted: throw Fault(ProblemType.userDeleted)
        // A request that was admitted before the suspension was known here. Not a 401, which would
        // be about our own identity.
        case .suspended:
            throw Fault(
                .forbidden, code: ProblemType.userSuspended.code, ProblemType.userSuspended.detail)
        }
    }

    /// Writes the context's audit entries.
    public var audit: AuditLog { AuditLog(ids: ids, written: publish) }

    /// Entries from a position on, for lists of several contexts.
    public func auditTail(_ query: AuditTailQuery) throws -> AuditTail {
        try database.read { try AuditStore.tail(query, in: $0) }
    }

    /// What the context has done of an offboarding.
    public func offboardingState(_ operationId: String) throws -> OffboardingReply {
        try database.read { try OffboardingStore.state(of: operationId, in: $0) }
    }

    /// Adds an event to the outbox, in the transaction that causes it.
    /// - Parameter type: the event's name in its Contract, such as `entity.deleted`.
    public func emit(_ type: String, _ fact: some Encodable, in tx: Transaction) throws {
        try emit(type, fact, to: listeners, in: tx)
    }

    /// The same for some services alone.
    public func emit(
        _ type: String, _ fact: some Encodable, to targets: [String], in tx: Transaction
    ) throws {
        try OutboxStore.add(type, fact, id: ids.make("evt_"), for: targets, in: tx)
    }

    /// Finds what a write changes, and refuses who can't change it. Runs in a read and again in the
    /// write.
    public typealias Admission<Subject> = @Sendable (any Queryable) throws -> Subject

    /// A write that shows what it changes to the request's conditions.
    /// - Parameters:
    ///   - committed: in place of `wrote`.
    ///   - ask: asks other contexts; gets whether the request has conditions, as what only they
    ///     need need not be asked.
    ///   - show: what the conditions are held against; called if there are any.
    ///   - effect: may throw `AskAgain` where what was asked no longer fits.
    public func write<Subject: Sendable, Known: Sendable, Shown: Equatable & Sendable, Value>(
        by caller: Caller, committed: (@Sendable () -> Void)? = nil,
        admit: @escaping Admission<Subject>,
        asking ask: @escaping @Sendable (Subject, _ isConditional: Bool) async throws -> Known,
        showing show: @escaping @Sendable (any Queryable, Subject, Known) throws -> Shown,
        _ effect: @escaping @Sendable (Transaction, Subject, Known) throws -> Value
    ) -> PendingWrite<Shown, Value> {
        PendingWrite(
            in: database, committed: committed ?? wrote, admit: Self.admission(of: caller, admit),
            asking: ask, showing: show, isSame: ==, commanding: { _, known in known }, effect)
    }

    /// A write that shows what its admission finds.
    public func write<Shown: Equatable & Sendable, Known: Sendable, Value>(
        by caller: Caller, committed: (@Sendable () -> Void)? = nil,
        admit: @escaping Admission<Shown>,
        asking ask: @escaping @Sendable (Shown) async throws -> Known,
        _ effect: @escaping @Sendable (Transaction, Shown, Known) throws -> Value
    ) -> PendingWrite<Shown, Value> {
        write(
            by: caller, committed: committed, admit: admit,
            asking: { shown, _ in try await ask(shown) }, showing: { _, shown, _ in shown }, effect)
    }

    /// A write that asks no other context.
    public func write<Subject: Sendable, Shown: Equatable & Sendable, Value>(
        by caller: Caller, committed: (@Sendable () -> Void)? = nil,
        admit: @escaping Admission<Subject>,
        showing show: @escaping @Sendable (any Queryable, Subject) throws -> Shown,
        _ effect: @escaping @Sendable (Transaction, Subject) throws -> Value
    ) -> PendingWrite<Shown, Value> {
        PendingWrite(
            in: database, committed: committed ?? wrote, admit: Self.admission(of: caller, admit),
            showing: show, isSame: ==, effect)
    }

    /// A write that asks no other context, and shows what its admission finds.
    public func write<Shown: Equatable & Sendable, Value>(
        by caller: Caller, committed: (@Sendable () -> Void)? = nil,
        admit: @escaping Admission<Shown>,
        _ effect: @escaping @Sendable (Transaction, Shown) throws -> Value
    ) -> PendingWrite<Shown, Value> {
        write(
            by: caller, committed: committed, admit: admit, showing: { _, shown in shown }, effect)
    }

    /// A write with nothing that a GET shows before it, so that no condition can name its version.
    public func write<Subject: Sendable, Known: Sendable, Value>(
        by caller: Caller, committed: (@Sendable () -> Void)? = nil,
        admit: @escaping Admission<Subject>,
        asking ask: @escaping @Sendable (Subject) async throws -> Known,
        _ effect: @escaping @Sendable (Transaction, Subject, Known) throws -> Value
    ) -> PendingWrite<Void, Value> {
        write(
            by: caller, committed: committed, admit: admit, asking: ask,
            commanding: { _, known in known }, effect)
    }

    /// The same with a change of another context, which is made first, once the request's
    /// conditions hold.
    /// - Parameter command: idempotent.
    public func write<Subject: Sendable, Known: Sendable, Done: Sendable, Value>(
        by caller: Caller, committed: (@Sendable () -> Void)? = nil,
        admit: @escaping Admission<Subject>,
        asking ask: @escaping @Sendable (Subject) async throws -> Known,
        commanding command: @escaping @Sendable (Subject, Known) async throws -> Done,
        _ effect: @escaping @Sendable (Transaction, Subject, Done) throws -> Value
    ) -> PendingWrite<Void, Value> {
        PendingWrite(
            in: database, committed: committed ?? wrote, admit: Self.admission(of: caller, admit),
            asking: { subject, _ in try await ask(subject) }, showing: { _, _, _ in },
            isSame: { _, _ in true }, commanding: command, effect)
    }

    /// The same without questions to other contexts.
    public func write<Subject: Sendable, Value>(
        by caller: Caller, committed: (@Sendable () -> Void)? = nil,
        admit: @escaping Admission<Subject>,
        _ effect: @escaping @Sendable (Transaction, Subject) throws -> Value
    ) -> PendingWrite<Void, Value> {
        PendingWrite(
            in: database, committed: committed ?? wrote, admit: Self.admission(of: caller, admit),
            showing: { _, _ in }, isSame: { _, _ in true }, effect)
    }

    /// A write that every user can make.
    public func write<Value>(
        by caller: Caller, committed: (@Sendable () -> Void)? = nil,
        _ effect: @escaping @Sendable (Transaction) throws -> Value
    ) -> PendingWrite<Void, Value> {
        write(by: caller, committed: committed, admit: { _ in }) { tx, _ in try effect(tx) }
    }

    private static func admission<Subject>(
        of caller: Caller, _ admit: @escaping Admission<Subject>
    ) -> Admission<Subject> {
        { db in
            try Self.check(caller, in: db)
            return try admit(db)
        }
    }
}
