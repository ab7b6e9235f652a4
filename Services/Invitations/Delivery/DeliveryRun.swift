import EventLoop
import InvitationsContract
import Kernel
import Webhooks

/// Delivers what is due at one webhook, until nothing is.
struct DeliveryRun: Sendable {
    /// Events that are read at once.
    private static let batch = 100
    /// Milliseconds after which it makes place for others.
    private static let turn = 10_000
    /// Entities whose events are on their way at once.
    private static let width = 8
    /// Events of one entity in a batch: no entity keeps the others' new events waiting.
    fileprivate static let chain = 8

    let webhookId: String
    let desk: InvitationsUseCases
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
        /// Enough of its messages wait for their turn already.
        case held(DeliverySlots.Claim)
        /// The receiver takes nothing.
        /// - Parameter retryAfter: seconds that it asks to be left alone for.
        case refused(retryAfter: Int?)
        /// What is due can't be read, signed or marked at the moment.
        case trouble
    }

    func callAsFunction() async -> End {
        do {
            let end = Ticks.now.adding(milliseconds: Self.turn)
            while !Task.isCancelled {
                guard Ticks.now < end else { return .again }
                guard let batch = try desk.dueDeliveries(at: webhookId, limit: Self.batch) else {
                    return .idle
                }
                guard !batch.secrets.isEmpty else {
                    report("webhook \(webhookId): its secret was encrypted with another key")
                    return .trouble
                }
                if let end = try await deliver(batch, until: end) { return end }
            }
            return .idle
        } catch {
            report("delivering to webhook \(webhookId) failed: \(error)")
            return .trouble
        }
    }

    /// - Returns: nil to go on with the next batch.
    private func deliver(_ batch: DeliveryBatch, until end: Ticks) async throws -> End? {
        let target = await Target(batch.webhook, sender)
        let isFailing = target.claim.isFailing
        // For whom nothing reaches, one event is tried.
        var chains = isFailing ? [Array(batch.due.prefix(1))][...] : batch.due.chains[...]
        var result: End?
        try await withThrowingTaskGroup(of: Taken.self) { group in
            func begin() {
                guard let chain = chains.popFirst() else { return }
                group.addTask { try await deliver(chain, of: batch, to: target, until: end) }
            }
            for _ in 0..<Self.width { begin() }
            for try await taken in group {
                // It begins to fail, or is another by now: the rest is for the next batch.
                if taken != .all { chains = [] }
                result = Self.worse(result, taken, target)
                begin()
            }
        }
        return result
    }

    /// Of what became of several entities' events, what counts for the webhook: the longest of the
    /// receiver's wishes, before our own bounds.
    private static func worse(_ end: End?, _ taken: Taken, _ target: Target) -> End? {
        switch (taken, end) {
        case (.refused(let one), .refused(let other)):
            .refused(retryAfter: max(one ?? 0, other ?? 0))
        case (.refused(let seconds), _): .refused(retryAfter: seconds)
        case (.full, nil): .held(target.claim)
        default: end
        }
    }

    /// What became of the events of an entity.
    private enum Taken: Sendable, Equatable {
        case all
        /// The webhook is another by now, or this run was stopped.
        case stopped
        /// Enough of them wait already.
        case full
        case refused(retryAfter: Int?)
    }

    /// Where the messages of a webhook go.
    private struct Target: Sendable {
        /// Nil if it is none that is accepted by now.
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

    /// The events of one entity, one after the other: the next only when this one was taken.
    private func deliver(
        _ chain: [DueDelivery], of batch: DeliveryBatch, to target: Target, until end: Ticks
    ) async throws -> Taken {
        for due in chain where Ticks.now < end {
            let turn = await slots.with(target.claim) { () async -> DeliveryOutcome? in
                // It may have waited long.
                guard !Task.isCancelled, (try? desk.isCurrent(batch.webhook)) == true else {
                    return nil
                }
                return await attempt(due, batch, target)
            }
            if case .full = turn { return .full }
            // Broken off: nobody knows whether it was taken.
            guard case .taken(let sent?) = turn, sent.isSuccess || !Task.isCancelled else {
                return .stopped
            }
            faults.reach(.webhookSent)
            let delivery = try await desk.record(
                sent, of: due.delivery, to: batch.webhook, schedule,
                chance: Double.random(in: 0..<1))
            totals.count(delivery)
            guard let delivery else { return .stopped }
            if delivery.status != .delivered { return .refused(retryAfter: sent.retryAfter) }
        }
        return .all
    }

    private func attempt(
        _ due: DueDelivery, _ batch: DeliveryBatch, _ target: Target
    ) async -> DeliveryOutcome {
        guard let url = target.url else {
            return .failed(reason: "the URL is no longer accepted")
        }
        let message = WebhookMessage(
            id: due.event.id, at: desk.clock.now(), body: Array(due.event.json.utf8),
            signedWith: batch.secrets)
        return DeliveryOutcome(
            await sender.send(message, to: url, for: batch.webhook.ownerId))
    }
}

extension [DueDelivery] {
    /// Those of each entity, in order.
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
