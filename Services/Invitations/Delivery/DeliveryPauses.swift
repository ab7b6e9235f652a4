import EventLoop

/// For how long webhooks are left alone whose receivers take nothing, however much waits for them:
/// longer with each refusal in a row. What waits keeps its own time besides.
struct DeliveryPauses {
    private static let longest = 60_000
    private static let kept = 1_000
    /// What a receiver asks for counts up to a day.
    private static let longestWish = 86_400

    private struct Pause {
        var refusals = 0
        var until = Ticks.now
        /// What it waits for room for.
        var claim: DeliverySlots.Claim?
    }

    private var pauses: [String: Pause] = [:]

    /// - Parameter hasRoom: whether messages that count against something can wait for it.
    func isOver(_ webhookId: String, _ hasRoom: (DeliverySlots.Claim) -> Bool) -> Bool {
        guard let pause = pauses[webhookId] else { return true }
        return Ticks.now >= pause.until && (pause.claim.map(hasRoom) ?? true)
    }

    /// Forgets those for whom nothing waits any more, when there are many.
    mutating func keep(_ webhookIds: () -> Set<String>) {
        guard pauses.count > Self.kept else { return }
        let kept = webhookIds()
        pauses = pauses.filter { kept.contains($0.key) }
    }

    mutating func note(_ end: DeliveryRun.End, of webhookId: String) {
        switch end {
        case .idle, .again: pauses[webhookId] = nil
        case .held(let claim):
            // How often it was refused before counts on.
            pauses[webhookId, default: Pause()].claim = claim
        case .refused(let retryAfter): refuse(webhookId, atLeast: retryAfter ?? 0)
        case .trouble: refuse(webhookId, atLeast: 1)
        }
    }

    private mutating func refuse(_ webhookId: String, atLeast seconds: Int) {
        var pause = pauses[webhookId] ?? Pause()
        pause.claim = nil
        // A first refusal is no pattern.
        let step = pause.refusals == 0 ? 0 : min(250 << min(pause.refusals, 8), Self.longest)
        pause.refusals += 1
        let wish = min(seconds, Self.longestWish) * 1_000
        pause.until = Ticks.now.adding(milliseconds: max(step, wish))
        pauses[webhookId] = pause
    }
}
