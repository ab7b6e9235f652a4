import EventLoop

/// Pauses for webhooks whose receivers fail, however many deliveries are due: longer with each
/// failure in a row. Each delivery has its own retry time besides.
struct DeliveryPauses {
    private static let longest = 60_000
    private static let kept = 1_000
    /// `Retry-After` counts up to a day.
    private static let longestRetryAfter = 86_400

    private struct Pause {
        var refusals = 0
        var until: Ticks
        /// The line that it waits for room in.
        var claim: DeliverySlots.Claim?
    }

    private var pauses: [String: Pause] = [:]

    /// - Parameter hasRoom: whether a line has room for another message.
    func isOver(
        _ webhookId: String, at now: Ticks, _ hasRoom: (DeliverySlots.Claim) -> Bool
    ) -> Bool {
        guard let pause = pauses[webhookId] else { return true }
        return now >= pause.until && (pause.claim.map(hasRoom) ?? true)
    }

    /// Forgets webhooks without pending deliveries when there are many.
    mutating func keep(_ webhookIds: () -> Set<String>) {
        guard pauses.count > Self.kept else { return }
        let kept = webhookIds()
        pauses = pauses.filter { kept.contains($0.key) }
    }

    mutating func note(_ end: DeliveryRun.End, of webhookId: String, at now: Ticks) {
        switch end {
        case .idle, .again: pauses[webhookId] = nil
        case .held(let claim):
            // Keeps the number of refusals.
            pauses[webhookId, default: Pause(until: now)].claim = claim
        case .refused(let retryAfter): refuse(webhookId, atLeast: retryAfter ?? 0, at: now)
        case .trouble: refuse(webhookId, atLeast: 1, at: now)
        }
    }

    private mutating func refuse(_ webhookId: String, atLeast seconds: Int, at now: Ticks) {
        var pause = pauses[webhookId] ?? Pause(until: now)
        pause.claim = nil
        // The first failure causes no pause of its own.
        let step = pause.refusals == 0 ? 0 : min(250 << min(pause.refusals, 8), Self.longest)
        pause.refusals += 1
        let retryAfter = min(seconds, Self.longestRetryAfter) * 1_000
        pause.until = now.adding(milliseconds: max(step, retryAfter))
        pauses[webhookId] = pause
    }
}
