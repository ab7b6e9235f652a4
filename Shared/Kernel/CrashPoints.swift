import Glibc

/// Steps between a change in one context and its effect in another, or in a mailbox, at which a
/// test ends the process as a power cut would.
public enum CrashPoint: String, Sendable, CaseIterable {
    /// An event has been read and is about to be sent.
    case outboxRead = "outbox.read"
    /// Its receiver has acknowledged it; it still waits in the outbox.
    case outboxSent = "outbox.sent"
    /// It has left the outbox.
    case outboxMarked = "outbox.marked"
    /// An event has come and nothing has been done about it.
    case inboxReceived = "inbox.received"
    /// What it brings about is on disk; its sender does not know.
    case inboxApplied = "inbox.applied"
    /// Events for subscribers have been read and are about to be sent.
    case eventsRead = "events.read"
    /// The context with the webhooks has acknowledged them; they still wait in the outbox.
    case eventsSent = "events.sent"
    /// They have left the outbox.
    case eventsMarked = "events.marked"
    /// Another context's events have come and nothing has been done about them.
    case eventsReceived = "events.received"
    /// They are in the feed; their sender does not know.
    case eventsStored = "events.stored"
    /// Another context has done its part of a change, and this one has not.
    case commandDone = "command.done"
    /// A slice of a job is on disk, and others are left.
    case jobSliced = "job.sliced"
    /// Some values are sealed anew, and others are left.
    case valuesResealed = "values.resealed"
    /// A mail has been read and is about to be handed over.
    case mailRead = "mail.read"
    /// Its target has taken it; it still waits in the outbox.
    case mailSent = "mail.sent"
    /// It is marked as sent.
    case mailMarked = "mail.marked"
    /// A webhook has taken an event; it still waits in the database.
    case webhookSent = "webhook.sent"
}

/// At which step this process is to die; none, outside of tests.
public struct CrashPoints: Sendable {
    private let point: CrashPoint?

    /// - Parameter point: the step at which the process kills itself; nil for none.
    public init(_ point: CrashPoint? = nil) { self.point = point }

    /// Ends the process at once (SIGKILL) if it is the planned step.
    public func reach(_ point: CrashPoint) {
        if point == self.point { kill(getpid(), SIGKILL) }
    }
}
