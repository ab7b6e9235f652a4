import Contract
import EventLoop
import Kernel
import Leases
import Synchronization

/// Leases of which a service shows the metrics, and which end with it.
public protocol LeaseHolding: Sendable {
    /// For the metrics.
    var metrics: LeaseMetrics { get }
    /// Ends them, once nothing is answered from them any more: so no change waits for this process.
    func stop() async
}

/// The answers of another service that this one may give itself (`LeaseHolder`), and the task that
/// renews the lease on them. While the other service can't be reached, there are none.
public final class HeldLeases<Question: LeaseQuestion, Answer: LeaseAnswer>: LeaseHolding {
    /// Milliseconds. Half a lease, so that a renewal that is lost leaves time for another.
    private static var deadline: Int { LeaseRules.life / 2 }
    /// Milliseconds between renewals that the grantor replies to without waiting.
    private static var shortest: Int { 50 }
    /// Milliseconds after a failure.
    private static var retry: ClosedRange<Int> { 100...300 }

    @usableFromInline struct State {
        @usableFromInline var holder = LeaseHolder<Question, Answer>()
        @usableFromInline var answered = 0
        @usableFromInline var asked = 0

        @inlinable mutating func answer(to question: Question, at now: UInt64) -> Answer? {
            let answer = holder.answer(to: question, at: now)
            if answer == nil { asked += 1 } else { answered += 1 }
            return answer
        }
    }

    private let grantor: String
    /// Identifies this process to the grantor.
    private let id = Base62.encode(SystemRandom().bytes(16), width: 22)
    private let client: ServiceClient
    @usableFromInline let state = Mutex(State())
    private let renewing = Mutex<Task<Void, Never>?>(nil)
    /// Changes that were applied.
    private let changes = Atomic(0)
    /// Until when the lease lasts, and when the last renewal was replied to.
    private let end = Atomic<UInt64>(0)
    private let replied = Atomic<UInt64>(0)

    /// Starts renewing.
    /// - Parameters:
    ///   - grantor: the name of the service, for the metrics.
    ///   - client: without a circuit breaker, as renewals pause by themselves.
    ///   - loop: renews: long reads, for which writes of the other service must not wait, are done
    ///     elsewhere (`Database.readAside`).
    public init(of grantor: String, _ client: ServiceClient, on loop: EventLoop) {
        self.grantor = grantor
        self.client = client
        let task = Task(executorPreference: loop) { [weak self] in
            while !Task.isCancelled, let self { await self.renew() }
        }
        renewing.withLock { $0 = task }
    }

    deinit { renewing.withLock { $0?.cancel() } }

    private func renew() async {
        let through = state.withLock { $0.holder.mark }
        let sent = Ticks.nowWithSleep
        let reply = try? await client.call(
            LeaseRoutes.renew, LeaseRenewal(holder: id, through: through), as: LeaseReply.self,
            limit: Self.deadline)
        guard let reply else {
            try? await Task.sleep(for: .milliseconds(Int.random(in: Self.retry)))
            return
        }
        let isNews = reply.startsOver || !reply.changed.isEmpty
        state.withLock { state in
            state.holder.apply(reply, toRenewalSentAt: sent.nanoseconds)
            // In this order: who sees the new end sees the changes, too.
            if isNews { changes.add(1, ordering: .releasing) }
            end.store(state.holder.end, ordering: .releasing)
        }
        replied.store(Ticks.nowWithSleep.nanoseconds, ordering: .relaxed)
        let rest = Ticks.nowWithSleep.milliseconds(until: sent.adding(milliseconds: Self.shortest))
        if !isNews, rest > 0 { try? await Task.sleep(for: .milliseconds(rest)) }
    }

    /// The answer that holds; nil if the service must be asked.
    @inlinable
    public func answer(to question: Question) -> Answer? {
        state.withLock { $0.answer(to: question, at: Ticks.nowWithSleep.nanoseconds) }
    }

    /// The same for several questions at one time.
    @inlinable
    public func answers(to questions: [Question]) -> [Answer?] {
        state.withLock { state in
            let now = Ticks.nowWithSleep.nanoseconds
            return questions.map { state.answer(to: $0, at: now) }
        }
    }

    /// A number that changes with each change that may concern earlier answers; nil while the lease
    /// doesn't hold. What was answered after one was read holds while the next ones are the same.
    public var generation: Int? {
        // In this order: the changes are those of a time at which the lease held.
        let end = end.load(ordering: .acquiring)
        guard Ticks.nowWithSleep.nanoseconds < end else { return nil }
        return changes.load(ordering: .acquiring)
    }

    /// Milliseconds since the service last replied to a renewal; nil if it never has.
    public var silence: Int? {
        let replied = Ticks(nanoseconds: replied.load(ordering: .relaxed))
        return replied.nanoseconds == 0 ? nil : replied.milliseconds(until: .nowWithSleep)
    }

    /// Keeps what the service has answered.
    /// - Parameter mark: of the reply; without one, nothing is kept.
    public func keep(_ answers: some Sequence<(Question, Answer)>, asOf mark: LeaseMark?) {
        guard let mark else { return }
        state.withLock { state in
            for (question, answer) in answers {
                state.holder.keep(answer, to: question, asOf: mark)
            }
        }
    }

    /// Ends the last renewal, and the lease.
    public func stop() async {
        let task = renewing.withLock { $0 }
        task?.cancel()
        await task?.value
        state.withLock { state in
            state.holder.stop()
            end.store(0, ordering: .releasing)
        }
        // Without a reply it ends by itself.
        _ = try? await client.call(
            LeaseRoutes.renew, LeaseRenewal(holder: id, through: nil, ends: true),
            as: LeaseReply.self, limit: Self.deadline)
    }

    /// For the metrics.
    public var metrics: LeaseMetrics {
        state.withLock {
            LeaseMetrics(
                grantor: grantor, answered: $0.answered, asked: $0.asked, kept: $0.holder.count,
                isCurrent: $0.holder.isCurrent(at: Ticks.nowWithSleep.nanoseconds))
        }
    }
}

/// How many questions leases of one service have answered.
public struct LeaseMetrics: Sendable {
    let grantor: String
    let answered: Int
    let asked: Int
    let kept: Int
    let isCurrent: Bool
}

extension MetricsText {
    /// `latchkey_lease_…` of the side that holds leases.
    public mutating func leases(_ leases: [LeaseMetrics]) {
        family(
            "latchkey_lease_questions_total", "counter",
            "Questions to other services, by whether a lease had the answer.")
        for one in leases {
            for (source, count) in [("lease", one.answered), ("service", one.asked)] {
                sample(
                    "latchkey_lease_questions_total", ["grantor": one.grantor, "from": source],
                    Double(count))
            }
        }
        family("latchkey_lease_answers", "gauge", "Answers that are kept.")
        for one in leases {
            sample("latchkey_lease_answers", ["grantor": one.grantor], Double(one.kept))
        }
        family("latchkey_lease_current", "gauge", "Whether the lease holds: 1, or 0.")
        for one in leases {
            sample("latchkey_lease_current", ["grantor": one.grantor], one.isCurrent ? 1 : 0)
        }
    }
}
