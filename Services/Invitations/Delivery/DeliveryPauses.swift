import EventLoop

/// For how long webhooks are left alone whose receivers take nothing, however much waits for them:
/// longer with each refusal in a row. What waits keeps its own time besides.
struct DeliveryPauses {
    private static let longest = 60_000
    /// What a receiver asks for counts up to a day.
    private static let longestWish = 86_400

    private struct Pause {
        var refusals = 0
        var until = Ticks.now
    }

    private var pauses: [String: Pause] = [:]

    func isOver(_ webhookId: String) -> Bool {
        pauses[webhookId].map { Ticks.now >= $0.until } ?? true
    }

    mutating func note(_ end: DeliveryRun.End, of webhookId: String) {
        switch end {
        case .idle: pauses[webhookId] = nil
        case .refused(let retryAfter): refuse(webhookId, atLeast: retryAfter ?? 0)
        case .trouble: refuse(webhookId, atLeast: 1)
        }
    }

    private mutating func refuse(_ webhookId: String, atLeast seconds: Int) {
        var pause = pauses[webhookId] ?? Pause()
        // A first refusal is no pattern.
        let step = pause.refusals == 0 ? 0 : min(250 << min(pause.refusals, 8), Self.longest)
        pause.refusals += 1
        let wish = min(seconds, Self.longestWish) * 1_000
        pause.until = Ticks.now.adding(milliseconds: max(step, wish))
        pauses[webhookId] = pause
    }
}
