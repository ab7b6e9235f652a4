import Contract
import Kernel
import SQLite

/// What an event of another service changes in a context; runs in the event's transaction.
public typealias EventEffect = @Sendable (Transaction) throws -> Void

/// Use cases that follow from events of other services. An event takes effect once, however often
/// it is delivered: `apply` alone gives effects a transaction, in which it marks the event as
/// applied.
public protocol EventConsumer: UseCases {
    /// Decodes the event; nil if it is of no interest here.
    func effect(of event: InternalEvent) throws -> EventEffect?
}

extension EventConsumer {
    /// Applies an event; returns once its effect is on disk.
    /// - Returns: false if it was applied before, or is of no interest here.
    public func apply(_ event: InternalEvent) async throws -> Bool {
        guard let effect = try effect(of: event) else { return false }
        let isNew = try await database.write { tx in
            guard try Inbox.claim(event.id, in: tx) else { return false }
            try effect(tx)
            return true
        }
        // Applied before says that it holds, perhaps while the first delivery waits.
        if isNew { wrote() } else { try await database.settle() }
        return isNew
    }
}
