import EventLoop
import Kernel
import SQLite
import ServiceKit
import Webhooks

/// Sends events to webhooks: a run for each webhook, so that none waits for another. A message
/// whose result isn't stored when the process dies is sent again with the same id.
package actor WebhookDispatcher {
    /// Between two looks for due deliveries without a wake signal.
    private static let pollMilliseconds = 500
    private static let restMilliseconds = 10
    /// Webhooks served concurrently.
    private static let maximumRuns = 1_000
    private static let graceMilliseconds = 3_000
    /// Concurrent messages. One takes some 50 KiB, half of it for TLS.
    private static let concurrent = (healthy: 1_024, failing: 256)
    private nonisolated let slots: DeliverySlots

    private let useCases: WebhooksUseCases
    private let sender: any WebhookSending
    private let schedule: DeliverySchedule
    private let faults: CrashPoints
    private let logger: Logger
    private nonisolated let wakeSignal: WakeSignal
    private let totals = DeliveryTotals()
    private var loop: Task<Void, Never>?
    /// By the webhook's id.
    private var runs: [String: (owner: String, task: Task<Void, Never>)] = [:]
    private var pauses = DeliveryPauses()
    private var isStopping = false

    package init(
        _ useCases: WebhooksUseCases, through sender: any WebhookSending,
        _ schedule: DeliverySchedule, hostRate: Int, ringing wakeSignal: WakeSignal,
        _ runtime: Runtime
    ) {
        self.init(
            useCases, through: sender, schedule, hostRate: hostRate, ringing: wakeSignal, runtime,
            time: DeliverySlots.Time())
    }

    init(
        _ useCases: WebhooksUseCases, through sender: any WebhookSending,
        _ schedule: DeliverySchedule, hostRate: Int, ringing wakeSignal: WakeSignal,
        _ runtime: Runtime, time: DeliverySlots.Time
    ) {
        slots = DeliverySlots(
            healthy: Self.concurrent.healthy, failing: Self.concurrent.failing,
            rates: HostRates(perSecond: hostRate), time: time)
        self.useCases = useCases
        self.sender = sender
        self.schedule = schedule
        self.wakeSignal = wakeSignal
        faults = runtime.faults
        logger = runtime.logger
    }

    package func start() {
        guard loop == nil else { return }
        loop = Task { await work() }
    }

    private nonisolated func work() async {
        await wakeSignal.answer(every: Self.pollMilliseconds) {
            let begin = Ticks.now
            await look()
            // With frequent wake signals, looking takes a fifth of a core at most, however many
            // webhooks have deliveries.
            let took = begin.milliseconds(until: .now)
            let rest = max(Self.restMilliseconds, 4 * took)
            try? await Task.sleep(for: .milliseconds(rest))
        }
    }

    /// Waits for messages in flight, but not for long: a receiver can take fifteen seconds, and an
    /// interrupted message is sent again.
    package func stop() async {
        isStopping = true
        loop?.cancel()
        for run in runs.values { run.task.cancel() }
        slots.close()
        await loop?.value
        let end = Ticks.now.adding(milliseconds: Self.graceMilliseconds)
        while !runs.isEmpty, Ticks.now < end {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func look() {
        do {
            let now = useCases.clock.now()
            let due = try useCases.database.read { try DeliveryStore.backlogs(in: $0) }
            pauses.keep { Set(due.map(\.webhookId)) }
            let ready = due.filter { $0.nextAt <= now && mayBegin($0.webhookId) }
            let running = runs.values.reduce(into: [:]) { $0[$1.owner, default: 0] += 1 }
            let room = Self.maximumRuns - runs.count
            for backlog in ready.inTurn(besides: running, room: room) { begin(backlog) }
        } catch {
            logger.warning("looking for due deliveries failed", ["error": "\(error)"])
        }
    }

    private func begin(_ backlog: DeliveryBacklog) {
        let webhookId = backlog.webhookId
        let run = DeliveryRun(
            webhookId: webhookId, useCases: useCases, sender: sender, schedule: schedule,
            slots: slots, totals: totals, faults: faults,
            report: { [logger] in logger.warning($0) })
        runs[webhookId] = (backlog.ownerId, Task { ended(webhookId, await run()) })
    }

    private func mayBegin(_ webhookId: String) -> Bool {
        !isStopping && runs[webhookId] == nil && pauses.isOver(webhookId, at: .now, slots.hasRoom)
    }

    /// Looks again: something may have become due while the run ended.
    private func ended(_ webhookId: String, _ end: DeliveryRun.End) {
        runs[webhookId] = nil
        pauses.note(end, of: webhookId, at: .now)
        wakeSignal.ring()
    }

    package nonisolated func writeMetrics(_ text: inout MetricsText) {
        let bound = 10_000
        let now = useCases.clock.now()
        if let (count, oldest) = try? useCases.database.read({
            try DeliveryStore.waiting(upTo: bound, in: $0)
        }) {
            text.gauge(
                "latchkey_webhook_pending", "Pending deliveries, counted up to \(bound).",
                Double(count))
            let late = oldest.map { max(0, now.milliseconds - $0.milliseconds) } ?? 0
            text.gauge(
                "latchkey_webhook_age_seconds", "Age of the oldest pending delivery.",
                Double(late) / 1_000)
        }
        let held = slots.counts
        text.gauge(
            "latchkey_webhook_held",
            "Due deliveries that wait for a slot or for the rate limit of their host.",
            Double(held.waiting))
        text.counter(
            "latchkey_webhook_held_total",
            "Deliveries that had to wait for the rate limit of their host.",
            Double(held.held))
        let counts = totals.counts
        text.counter(
            "latchkey_webhook_delivered_total", "Successful deliveries.",
            Double(counts.delivered))
        text.counter(
            "latchkey_webhook_repeated_total", "Failed attempts that will be repeated.",
            Double(counts.repeated))
        text.counter(
            "latchkey_webhook_failed_total", "Deliveries that failed for good.",
            Double(counts.failed))
    }
}

extension [DeliveryBacklog] {
    /// As many as there is room for, those of owners with the fewest runs first.
    /// - Parameter running: the number of runs by owner.
    func inTurn(besides running: [String: Int], room: Int) -> [DeliveryBacklog] {
        guard count > room else { return self }
        var running = running
        // Shuffled, so that no webhook of an owner is always last.
        let ranked = shuffled().map { backlog in
            running[backlog.ownerId, default: 0] += 1
            return (rank: running[backlog.ownerId, default: 0], backlog: backlog)
        }
        return ranked.sorted { $0.rank < $1.rank }.prefix(Swift.max(0, room)).map(\.backlog)
    }
}
