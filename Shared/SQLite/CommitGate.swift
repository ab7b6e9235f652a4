import Synchronization

/// Decides whether what was committed can be acknowledged: that it would survive the loss of this
/// machine, say. Until it does, the writer takes no more writes.
public protocol CommitGate: Sendable {
    /// Returns when everything committed so far can be acknowledged. Runs on the writer's thread,
    /// one call at a time, and blocks it; so it must give up after some seconds.
    /// - Parameters:
    ///   - hasNew: something was committed since it returned last.
    ///   - isRetry: nobody waits for it.
    /// - Throws: usually `.unconfirmed`.
    func confirm(hasNew: Bool, isRetry: Bool) throws(DatabaseError)
}

/// What is confirmed of the commits of one writer, and who waits for it.
final class Confirmations: Sendable {
    private struct State {
        /// The number of the commit that reads may see next.
        var started = 0
        /// Up to this one they can be acknowledged, or have failed.
        var settled = 0
        var failure: DatabaseError?
        var waiters: [(number: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    }

    /// In nanoseconds.
    private static let longestDelay: UInt64 = 1_000_000_000

    let gate: any CommitGate
    private let state: Mutex<State>
    private let firstDelay: UInt64

    // What follows is used on the writer's thread alone.
    /// Committed, and not confirmed. At the beginning, what the database had before.
    private nonisolated(unsafe) var hasNew = false
    private nonisolated(unsafe) var delay: UInt64 = 0
    /// When to ask the gate again; nil if there is nothing to ask for.
    private(set) nonisolated(unsafe) var retryAt: UInt64?

    init(_ gate: any CommitGate, delay milliseconds: Int) {
        self.gate = gate
        firstDelay = UInt64(milliseconds) * 1_000_000
        // What a process before this one has committed may not be confirmed.
        state = Mutex(State(started: 1))
        retryAt = 0
    }

    /// Why writes are refused at the moment.
    var refusal: DatabaseError? {
        guard retryAt != nil else { return nil }
        return DatabaseError(.heldUp, failure?.message ?? "the gate was not asked yet")
    }

    private var failure: DatabaseError? { state.withLock { $0.failure } }

    /// For the metrics.
    var isHeldUp: Bool { state.withLock { $0.failure != nil } }

    /// Before reads can see the next commit.
    func committing() { state.withLock { $0.started += 1 } }

    /// After COMMIT has failed: it may be seen later, when the database was reopened.
    func failed() { retryAt = retryAt ?? 0 }

    /// After a COMMIT that had nothing to write: all that it saw is confirmed, else it would not
    /// have been taken.
    func skip() { for waiter in takeWaiters(after: nil) { waiter.resume() } }

    /// After COMMIT, or to try again.
    func ask(isRetry: Bool) throws(DatabaseError) {
        hasNew = hasNew || !isRetry
        do throws(DatabaseError) {
            try gate.confirm(hasNew: hasNew, isRetry: isRetry)
        } catch {
            delay = retryAt == nil ? firstDelay : min(max(delay, firstDelay) * 2, Self.longestDelay)
            retryAt = monotonicNanoseconds() + delay
            for waiter in takeWaiters(after: error) { waiter.resume(throwing: error) }
            throw error
        }
        hasNew = false
        retryAt = nil
        delay = 0
        for waiter in takeWaiters(after: nil) { waiter.resume() }
    }

    private func takeWaiters(after failure: DatabaseError?) -> [CheckedContinuation<
        Void, any Error
    >] {
        state.withLock { state in
            state.failure = failure
            if failure == nil { state.settled = state.started }
            defer { state.waiters = [] }
            return state.waiters.map(\.continuation)
        }
    }

    /// Returns when what reads can have seen is confirmed.
    /// - Throws: why it is not.
    func wait() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let outcome: Result<Void, any Error>? = state.withLock { state in
                if let failure = state.failure { return .failure(failure) }
                guard state.settled < state.started else { return .success(()) }
                state.waiters.append((state.started, continuation))
                return nil
            }
            if let outcome { continuation.resume(with: outcome) }
        }
    }

    /// Nobody will ask the gate any more.
    func close() {
        let error = DatabaseError(.closed, "the database is closed")
        for waiter in takeWaiters(after: error) { waiter.resume(throwing: error) }
    }
}

extension Writer {
    /// - Returns: why what was committed can't be acknowledged.
    @discardableResult
    func confirm(
        _ confirmations: Confirmations, isRetry: Bool = false, wroteNothing: Bool = false
    ) -> DatabaseError? {
        guard !wroteNothing else {
            confirmations.skip()
            return nil
        }
        let start = monotonicNanoseconds()
        do throws(DatabaseError) {
            try confirmations.ask(isRetry: isRetry)
        } catch {
            record { $0.unconfirmedCommits += isRetry ? 0 : 1 }
            return error
        }
        let seconds = Double(monotonicNanoseconds() - start) / 1e9
        record { $0.confirmSeconds.record(seconds) }
        return nil
    }
}
