import EventLoop
import InvitationsContract
import Kernel
import SQLite
import Webhooks

/// Sends the due deliveries of one webhook until none are left.
struct DeliveryRun: Sendable {
    /// Events that are read at once, for each that is sent concurrently: there can be a thousand
    /// runs, and all keep theirs in memory.
    private static let batch = 4
    /// Milliseconds after which it yields to other webhooks.
    private static let turn = 10_000
    /// Entities and workspaces whose events are sent concurrently: more with each batch that takes
    /// less than this time, so that a fast receiver gets more, and a slow one takes few slots.
    private static let width = 8...64
    private static let fastMilliseconds = 1_000
    /// Events of one subject in a batch, so that none delays the others' new events.
    fileprivate static let chain = 8

    let webhookId: String
    let useCases: WebhooksUseCases
    let sender: any WebhookSending
    let schedule: DeliverySchedule
    let slots: DeliverySlots
    let totals: DeliveryTotals
    let faults: CrashPoints
    let report: @Sendable (String) -> Void

    /// Why it has ended.
    enum End: Sendable, Equatable {
        /// Nothing is due.
        case idle
        /// Its time is up; there may be more.
        case again
        /// The line of its messages is full.
        case held(DeliverySlots.Claim)
        /// The receiver failed.
        /// - Parameter retryAfter: seconds of its `Retry-After`.
        case refused(retryAfter: Int?)
        /// A delivery couldn't be read, signed or stored.
        case trouble
    }

    func callAsFunction() async -> End {
        do {
            let begin = Ticks.now
            let end = begin.adding(milliseconds: Self.turn)
            var (width, last) = (Self.width.lowerBound, begin)
            while !Task.isCancelled {
                guard Ticks.now < end else { return .again }
                guard
                    let batch = try useCases.dueDeliveries(at: webhookId, limit: Self.batch * width)
                else {
                    return .idle
                }
                // Receivers check access at once.
                try await useCases.database.settle()
                guard try await useCases.isPermitted(batch.webhook) else { return .idle }
                guard !batch.secrets.isEmpty else {
                    report("webhook \(webhookId): its secret was encrypted with another key")
                    return .trouble
                }
                if let end = try await deliver(batch, width, until: end) { return end }
                let isFast = last.milliseconds(until: .now) < Self.fastMilliseconds
                width = isFast ? width * 2 : width / 2
                width = min(max(width, Self.width.lowerBound), Self.width.upperBound)
                last = .now
            }
            return .idle
        } catch {
            report("delivering to webhook \(webhookId) failed: \(error)")
            return .trouble
        }
    }

    /// - Returns: nil to go on with the next batch.
    private func deliver(
        _ batch: DeliveryBatch, _ width: Int, until end: Ticks
    ) async throws -> End? {
        let target = await Target(batch.webhook, sender)
        let isFailing = target.claim.isFailing
        // To a failing receiver, one event is sent.
        var chains = isFailing ? [Array(batch.due.prefix(1))][...] : batch.due.chains[...]
        var result: End?
        try await withThrowingTaskGroup(of: ChainResult.self) { group in
            func begin() {
                guard let chain = chains.popFirst() else { return }
                group.addTask { try await deliver(chain, of: batch, to: target, until: end) }
            }
            for _ in 0..<width { begin() }
            for try await chainResult in group {
                // It started to fail or has changed: the rest is for the next batch.
                if chainResult != .all { chains = [] }
                result = Self.worse(result, chainResult, target)
                begin()
            }
        }
        return result
    }

    /// The result for the webhook from those of several chains: the longest `Retry-After`, else a
    /// full line.
    private static func worse(_ end: End?, _ result: ChainResult, _ target: Target) -> End? {
        switch (result, end) {
        case (.refused(let one), .refused(let other)):
            .refused(retryAfter: max(one ?? 0, other ?? 0))
        case (.refused(let seconds), _): .refused(retryAfter: seconds)
        case (.full, nil): .held(target.claim)
        default: end
        }
    }

    /// The result for the events of one subject.
    private enum ChainResult: Sendable, Equatable {
        case all
        /// The webhook has changed, or this run was stopped.
        case stopped
        /// The line is full.
        case full
        case refused(retryAfter: Int?)
    }

    /// Where the messages of a webhook go.
    private struct Target: Sendable {
        /// Nil if it is no longer accepted.
        let url: WebhookURL?
        let claim: DeliverySlots.Claim

        init(_ webhook: Webhook, _ sender: any WebhookSending) async {
            url = try? WebhookURL(webhook.url, pointer: "/url")
            var places: [String] = []
            if let url { places = await sender.places(of: url, for: webhook.ownerId) }
            claim = DeliverySlots.Claim(
                owner: webhook.ownerId, isFailing: webhook.failingSince != nil, places: places)
        }
    }

    /// Sends the events of one subject in order: the next only after the one before succeeded.
    private func deliver(
        _ chain: [DueDelivery], of batch: DeliveryBatch, to target: Target, until end: Ticks
    ) async throws -> ChainResult {
        for due in chain where Ticks.now < end {
            let turn = await slots.with(target.claim) { () async -> Sent? in
                // It may have changed while the message waited.
                guard !Task.isCancelled, (try? useCases.isCurrent(batch.webhook)) == true else {
                    return nil
                }
                return await attempt(due, batch, target)
            }
            if case .full = turn { return .full }
            // Interrupted: it is unknown whether the receiver got it.
            guard case .taken(let sent?) = turn, sent.outcome.isSuccess || !Task.isCancelled else {
                return .stopped
            }
            faults.reach(.webhookSent)
            let delivery = try await useCases.record(
                sent.outcome, sent.attempt, of: due.delivery, to: batch.webhook, schedule,
                chance: Double.random(in: 0..<1))
            totals.count(delivery)
            guard let delivery else { return .stopped }
            if delivery.status != .delivered {
                return .refused(retryAfter: sent.outcome.retryAfter)
            }
        }
        return .all
    }

    /// What was sent, and what became of it.
    private struct Sent: Sendable {
        let outcome: DeliveryOutcome
        let attempt: DeliveryAttempt
    }

    private func attempt(
        _ due: DueDelivery, _ batch: DeliveryBatch, _ target: Target
    ) async -> Sent {
        let (begin, now) = (Ticks.now, useCases.clock.now())
        func sent(_ outcome: DeliveryOutcome, _ response: WebhookResponse?) -> Sent {
            let attempt = DeliveryAttempt(
                url: batch.webhook.url, at: now, milliseconds: begin.milliseconds(until: .now),
                response: response)
            return Sent(outcome: outcome, attempt: attempt)
        }
        guard let url = target.url else {
            return sent(.failed(reason: "the URL is no longer accepted"), nil)
        }
        let message = WebhookMessage(
            id: due.event.id, at: now, body: Array(due.event.json.utf8), signedWith: batch.secrets)
        let result = await sender.send(message, to: url, for: batch.webhook.ownerId)
        return sent(DeliveryOutcome(result.outcome), result.response)
    }
}

extension [DueDelivery] {
    /// The deliveries of each subject, in order.
    fileprivate var chains: [[DueDelivery]] {
        var places: [String: Int] = [:]
        var chains: [[DueDelivery]] = []
        for due in self {
            let subject = due.delivery.subjectId
            if let place = places[subject] {
                chains[place].append(due)
            } else {
                places[subject] = chains.count
                chains.append([due])
            }
        }
        return chains.map { Array($0.prefix(DeliveryRun.chain)) }
    }
}
