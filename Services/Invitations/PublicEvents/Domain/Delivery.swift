import InvitationsContract
import Kernel

/// The delivery of an event to a webhook.
struct Delivery: Sendable, Equatable {
    let webhookId: String
    let eventNumber: Int
    let eventId: String
    let type: String
    /// The entity or workspace; its events are sent in order.
    let subjectId: String
    var status: DeliveryStatus
    var attempts = 0
    /// Attempts since it was created or last redelivered.
    var step = 0
    /// Nil unless it is pending.
    var nextAt: Timestamp?
    var lastStatus: Int?
    var lastError: String?
    let createdAt: Timestamp
    var deliveredAt: Timestamp?

    /// Due even if the clock was set back.
    static let now = Timestamp(milliseconds: 0)

    /// Whether later events of its subject wait for it: until its third attempt has failed. A
    /// receiver that doesn't keep up gets events out of order and can sort them by sequence.
    var blocksLater: Bool { status == .pending && step < 3 }

    /// The delivery after an attempt.
    func attempted(
        _ outcome: DeliveryOutcome, at now: Timestamp, _ schedule: DeliverySchedule, chance: Double
    ) -> Delivery {
        var delivery = self
        if case .notTried(let reason) = outcome {
            delivery.lastError = reason
            delivery.nextAt = now.adding(seconds: DeliverySchedule.localFailure)
            return delivery
        }
        delivery.attempts += 1
        delivery.step += 1
        delivery.nextAt = nil
        delivery.lastError = nil
        delivery.lastStatus = nil
        var retryAfter: Int?
        switch outcome {
        case .answered(let status, let seconds):
            delivery.lastStatus = status
            if outcome.isSuccess {
                delivery.status = .delivered
                delivery.deliveredAt = now
                return delivery
            }
            retryAfter = seconds
            delivery.lastError =
                (300...399).contains(status)
                ? "returned \(status): redirects are not followed" : "returned \(status)"
        case .failed(let reason), .notTried(let reason): delivery.lastError = reason
        }
        guard !outcome.isGone,
            let pause = schedule.pause(
                after: delivery.step, retryAfter: retryAfter, chance: chance)
        else {
            delivery.status = .failed
            return delivery
        }
        delivery.nextAt = Timestamp(milliseconds: now.milliseconds + Int64(pause))
        return delivery
    }

    /// The delivery when its event is redelivered.
    func restarted() -> Delivery {
        var delivery = self
        delivery.status = .pending
        delivery.step = 0
        delivery.nextAt = Self.now
        delivery.deliveredAt = nil
        return delivery
    }
}

/// The result of an attempt.
enum DeliveryOutcome: Sendable, Equatable {
    /// The receiver has responded.
    /// - Parameter retryAfter: seconds of its `Retry-After`.
    case answered(status: Int, retryAfter: Int?)
    /// There was no response.
    /// - Parameter reason: shown to the webhook's owner.
    case failed(reason: String)
    /// For a reason on our side, which says nothing about the receiver.
    case notTried(reason: String)

    /// Seconds of the receiver's `Retry-After`.
    var retryAfter: Int? {
        if case .answered(_, let seconds) = self { seconds } else { nil }
    }

    var isSuccess: Bool {
        if case .answered(let status, _) = self { (200...299).contains(status) } else { false }
    }

    /// Whether the receiver was contacted, or would have been if it could be.
    var isTried: Bool {
        if case .notTried = self { false } else { true }
    }

    /// The receiver wants no more events (Standard Webhooks 1.0.0).
    var isGone: Bool {
        if case .answered(410, _) = self { true } else { false }
    }
}

/// When failed attempts are repeated.
package struct DeliverySchedule: Sendable, Equatable {
    /// Seconds after each failed attempt (Standard Webhooks 1.0.0, "Retries").
    package static let standard = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// The longest `Retry-After` that is respected.
    private static let longest = 86_400
    /// Seconds until an attempt that failed on our side is repeated.
    static let localFailure: Int64 = 60

    let seconds: [Int]

    package init(seconds: [Int] = standard) { self.seconds = seconds }

    /// Milliseconds until the next attempt; nil after the last.
    /// - Parameters:
    ///   - failures: attempts so far.
    ///   - retryAfter: seconds of the receiver's `Retry-After`.
    ///   - chance: 0..<1; up to a tenth is added, so that what failed together isn't repeated
    ///     together.
    func pause(after failures: Int, retryAfter: Int?, chance: Double) -> Int? {
        guard failures >= 1, failures <= seconds.count else { return nil }
        let base = max(seconds[failures - 1], min(retryAfter ?? 0, Self.longest)) * 1_000
        return base + Int(Double(base) * 0.1 * chance)
    }
}
