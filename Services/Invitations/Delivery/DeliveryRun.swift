import Kernel
import Webhooks

/// Delivers what is due at one webhook, until nothing is.
struct DeliveryRun: Sendable {
    /// Events that are read at once.
    private static let batch = 200
    /// Entities whose events are on their way at once.
    private static let width = 8
    /// Events of one entity in a batch: no entity keeps the others' new events waiting.
    fileprivate static let chain = 8

    let webhookId: String
    let desk: InvitationsUseCases
    let sender: any WebhookSending
    let schedule: DeliverySchedule
    /// For webhooks that take what they get, and for those that do not: none of these takes the
    /// others' place.
    let slots: (healthy: DeliverySlots, failing: DeliverySlots)
    let totals: DeliveryTotals
    let faults: FaultPlan
    let report: @Sendable (String) -> Void

    /// Why it has ended.
    enum End: Sendable, Equatable {
        /// Nothing is due.
        case idle
        /// The receiver takes nothing.
        /// - Parameter retryAfter: seconds that it asks to be left alone for.
        case refused(retryAfter: Int?)
        /// What is due can't be read, signed or marked at the moment.
        case trouble
    }

    func callAsFunction() async -> End {
        do {
            while !Task.isCancelled {
                guard let batch = try desk.dueDeliveries(at: webhookId, limit: Self.batch) else {
                    return .idle
                }
                guard !batch.secrets.isEmpty else {
                    report("webhook \(webhookId): its secret was sealed with another key")
                    return .trouble
                }
                if let end = try await deliver(batch) { return end }
            }
            return .idle
        } catch {
            report("deliveries wait: \(error)")
            return .trouble
        }
    }

    /// - Returns: nil to go on with the next batch.
    private func deliver(_ batch: DeliveryBatch) async throws -> End? {
        let isFailing = batch.webhook.failingSince != nil
        let slots = isFailing ? slots.failing : slots.healthy
        // For whom nothing reaches, one event is tried.
        var chains = isFailing ? [Array(batch.due.prefix(1))][...] : batch.due.chains[...]
        var end: End?
        try await withThrowingTaskGroup(of: Taken.self) { group in
            func begin() {
                guard let chain = chains.popFirst() else { return }
                group.addTask { try await deliver(chain, of: batch, slots) }
            }
            for _ in 0..<Self.width { begin() }
            for try await taken in group {
                // It begins to fail, or is another by now: the rest is for the next batch.
                if taken != .all { chains = [] }
                if case .refused(let retryAfter) = taken { end = .refused(retryAfter: retryAfter) }
                begin()
            }
        }
        return end
    }

    /// What became of the events of an entity.
    private enum Taken: Sendable, Equatable {
        case all
        /// The webhook is another by now, or this run was stopped.
        case stopped
        case refused(retryAfter: Int?)
    }

    /// The events of one entity, one after the other: the next only when this one was taken.
    private func deliver(
        _ chain: [DueDelivery], of batch: DeliveryBatch, _ slots: DeliverySlots
    ) async throws -> Taken {
        for due in chain {
            guard try desk.isCurrent(batch.webhook) else { return .stopped }
            let sent = await slots.with(batch.webhook.ownerId) {
                Task.isCancelled ? nil : await attempt(due, batch)
            }
            // Broken off: nobody knows whether it was taken.
            guard let sent, sent.isSuccess || !Task.isCancelled else { return .stopped }
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

    private func attempt(_ due: DueDelivery, _ batch: DeliveryBatch) async -> DeliveryOutcome {
        guard let url = try? WebhookURL(batch.webhook.url, pointer: "/url") else {
            return .failed(reason: "the URL is none that is accepted")
        }
        let message = WebhookMessage(
            id: due.event.id, at: desk.clock.now(), body: Array(due.event.json.utf8),
            signedWith: batch.secrets)
        return DeliveryOutcome(await sender.send(message, to: url))
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
