import Contract
import EventLoop
import Kernel
import Leases
import SQLite
import Synchronization

/// The leases that a context has granted on what it knows (`LeaseGrantor`): replies to renewals,
/// and holds back a write that changes it until no holder answers with what was true before.
///
/// The context's database notifies it of changes (`TableWatch`). A query whose answers other
/// services keep reads `mark` first.
public final class GrantedLeases: ChangeObserver {
    /// How long a renewal waits for news, in milliseconds; each a little different, so that holders
    /// don't all come at the same time.
    private static let pause = 200...300

    private struct State {
        var grantor: LeaseGrantor
        var isOpen = false
        var isStopped = false
        /// Renewals that wait for news.
        var renewals: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Whether changes are being committed that have no version yet.
        var isCommitting = false
        /// What waits for that version.
        var reads: [CheckedContinuation<Void, Never>] = []
        /// Writes that wait for holders.
        var writes: [Int: (version: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
        var lastId = 0
        var counts = Counts()
    }

    private struct Counts {
        var renewals = 0
        var writes = 0
        var seconds = 0.0
    }

    private let state = Mutex(State(grantor: GrantedLeases.grantor(isFirst: false)))

    public init() {}

    private static func grantor(isFirst: Bool) -> LeaseGrantor {
        LeaseGrantor(
            epoch: Base62.encode(SystemRandom().bytes(16), width: 22), now: now, isFirst: isFirst)
    }

    private static var now: UInt64 { Ticks.nowWithSleep.nanoseconds }

    /// To be read before a fact of which another service keeps the answer.
    public var mark: LeaseMark { state.withLock { $0.grantor.mark } }

    // MARK: Changes

    /// Waits for holders of a former process, unless there was none.
    public func opened(isNew: Bool) {
        let isFirst = state.withLock { state in
            if !state.isOpen { state.grantor = Self.grantor(isFirst: isNew) }
            defer { state.isOpen = true }
            return !state.isOpen
        }
        // Another file than before: everything can be different.
        if !isFirst { _ = committed([LeaseRules.everything]) }
    }

    /// From now on `settleAll` waits for the version of what is committed.
    public func committing() { state.withLock { $0.isCommitting = true } }

    /// Records changes, and replies to the renewals that wait for news.
    public func committed(_ keys: Set<String>) -> Int {
        let (version, waiting) = state.withLock { state in
            let waiting = Array(state.renewals.values) + state.reads
            state.renewals.removeAll()
            state.reads.removeAll()
            state.isCommitting = false
            return (state.grantor.record(keys, at: Self.now), waiting)
        }
        for one in waiting { one.resume() }
        return version
    }

    /// Returns when no holder answers with what was true before this version.
    public func settle(_ version: Int) async {
        let begin = Self.now
        await wait(for: version)
        state.withLock {
            $0.counts.writes += 1
            $0.counts.seconds += Double(Self.now - begin) / 1e9
        }
    }

    private func wait(for version: Int) async {
        while let end = state.withLock({ $0.grantor.holdout(of: version, at: Self.now) }) {
            await suspend(until: end) { state, id, continuation in
                guard state.grantor.holdout(of: version, at: Self.now) != nil else { return false }
                state.writes[id] = (version, continuation)
                return true
            }
        }
    }

    /// The same for all that a read can have seen, of a process before this one too.
    public func settleAll() async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                if state.isCommitting { state.reads.append(continuation) }
                return state.isCommitting
            }
            if !waits { continuation.resume() }
        }
        await wait(for: mark.version)
    }

    // MARK: Renewals

    /// Replies to a renewal: at once if there is news, otherwise when there is or after a pause.
    /// - Throws: 503 if there are too many holders.
    func renew(_ renewal: LeaseRenewal) async throws(Fault) -> LeaseReply {
        if renewal.ends {
            resumeWrites(after: { $0.end(renewal.holder) })
            return LeaseReply(mark: mark, life: 0, startsOver: true, changed: [])
        }
        let received = resumeWrites(after: { $0.receive(renewal, at: Self.now) })
        guard let received else {
            throw Fault(ProblemType.overloaded, retryAfter: 1, privateDetail: "too many holders")
        }
        let pause = UInt64(Int.random(in: Self.pause)) * 1_000_000
        await suspend(until: Self.now + pause) { state, id, continuation in
            guard !state.isStopped, !state.grantor.hasNews(for: received) else { return false }
            state.renewals[id] = continuation
            return true
        }
        return state.withLock { $0.grantor.reply(to: received) }
    }

    /// Resumes the writes that wait for nobody after this.
    @discardableResult
    private func resumeWrites<T: Sendable>(
        after change: (inout LeaseGrantor) -> T
    ) -> T {
        let (value, writes) = state.withLock { state in
            state.counts.renewals += 1
            let value = change(&state.grantor)
            let now = Self.now
            let settled = state.writes.filter {
                state.grantor.holdout(of: $0.value.version, at: now) == nil
            }
            for id in settled.keys { state.writes[id] = nil }
            return (value, settled.values.map(\.continuation))
        }
        for write in writes { write.resume() }
        return value
    }

    /// Ends the pauses of renewals, so that the server can stop.
    public func stop() {
        let renewals = state.withLock { state in
            state.isStopped = true
            defer { state.renewals.removeAll() }
            return Array(state.renewals.values)
        }
        for renewal in renewals { renewal.resume() }
    }

    /// Suspends until somebody resumes what `register` has stored, at the latest until `end`.
    /// - Parameter register: returns false if there is nothing to wait for.
    private func suspend(
        until end: UInt64,
        _ register:
            @escaping @Sendable (inout State, Int, CheckedContinuation<Void, Never>) -> Bool
    ) async {
        let id = state.withLock { state in
            state.lastId += 1
            return state.lastId
        }
        let timer = Task {
            // Not earlier by this clock, as nothing is registered from then on.
            var now = Self.now
            while now < end {
                try await Task.sleep(for: .nanoseconds(end - now))
                now = Self.now
            }
            release(id)
        }
        await withCheckedContinuation { continuation in
            // Its timer may have ended already.
            let waits = state.withLock { Self.now < end && register(&$0, id, continuation) }
            if !waits { continuation.resume() }
        }
        timer.cancel()
    }

    private func release(_ id: Int) {
        let continuation = state.withLock { state in
            state.renewals.removeValue(forKey: id)
                ?? state.writes.removeValue(forKey: id)?.continuation
        }
        continuation?.resume()
    }

    /// `latchkey_lease_…` of the side that grants.
    public func writeMetrics(_ text: inout MetricsText) {
        let (sessions, counts) = state.withLock {
            ($0.grantor.sessionCount(at: Self.now), $0.counts)
        }
        text.gauge(
            "latchkey_lease_sessions", "Processes that may answer from leases.", Double(sessions))
        text.counter(
            "latchkey_lease_renewals_total", "Renewals of leases.", Double(counts.renewals))
        text.counter(
            "latchkey_lease_writes_total", "Writes that changed what leases depend on.",
            Double(counts.writes))
        text.counter(
            "latchkey_lease_wait_seconds_total", "How long those writes waited for holders.",
            counts.seconds)
    }
}

extension Route {
    /// The route that renews leases.
    public static func leases(_ leases: GrantedLeases) -> Route {
        .later(LeaseRoutes.renew) { request in
            let renewal = try request.decode(LeaseRenewal.self)
            guard renewal.holder.utf8.count <= LeaseRenewal.maximumHolder else {
                throw Fault.invalid(
                    "/holder", "must have at most \(LeaseRenewal.maximumHolder) characters")
            }
            return .json(try await leases.renew(renewal))
        }
    }
}
