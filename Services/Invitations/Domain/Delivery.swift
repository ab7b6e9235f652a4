import Kernel

/// An event on its way to a webhook.
struct Delivery: Sendable, Equatable {
    enum Status: String, Sendable, CaseIterable {
        case pending
        case delivered
        case failed
    }

    let webhookId: String
    let eventNumber: Int
    let eventId: String
    let type: String
    /// The entity; its events come one after the other.
    let subjectId: String
    var status: Status
    /// How often it was tried.
    var attempts = 0
    /// Attempts since it was begun, or begun again.
    var step = 0
    /// Nil unless it is pending.
    var nextAt: Timestamp?
    var lastStatus: Int?
    var lastError: String?
    let createdAt: Timestamp
    var deliveredAt: Timestamp?

    /// Due, whatever the clock says: it may have been set back.
    static let now = Timestamp(milliseconds: 0)

    /// Whether the later events of its entity wait for it: until its second attempt has failed. A
    /// receiver that does not keep up gets them out of order, told apart by their sequence.
    var holdsUp: Bool { status == .pending && step < 2 }

    /// As it is after an attempt.
    func attempted(
        _ outcome: DeliveryOutcome, at now: Timestamp, _ schedule: DeliverySchedule, chance: Double
    ) -> Delivery {
        var delivery = self
        if case .notTried(let reason) = outcome {
            delivery.lastError = reason
            delivery.nextAt = now.adding(seconds: DeliverySchedule.ownTrouble)
            return delivery
        }
        delivery.attempts += 1
        delivery.step += 1
        delivery.nextAt = nil
        delivery.lastError = nil
        delivery.lastStatus = nil
        var wish: Int?
        switch outcome {
        case .answered(let status, let retryAfter):
            delivery.lastStatus = status
            if outcome.isSuccess {
                delivery.status = .delivered
                delivery.deliveredAt = now
                return delivery
            }
            wish = retryAfter
            delivery.lastError =
                (300...399).contains(status)
                ? "answered \(status): redirects are not followed" : "answered \(status)"
        case .failed(let reason), .notTried(let reason): delivery.lastError = reason
        }
        guard !outcome.isGone,
            let pause = schedule.pause(
                after: delivery.step, retryAfter: wish, chance: chance)
        else {
            delivery.status = .failed
            return delivery
        }
        delivery.nextAt = Timestamp(milliseconds: now.milliseconds + Int64(pause))
        return delivery
    }

    /// As it is when somebody wants it sent once more.
    func begunAgain() -> Delivery {
        var delivery = self
        delivery.status = .pending
        delivery.step = 0
        delivery.nextAt = Self.now
        delivery.deliveredAt = nil
        return delivery
    }
}

/// What became of an attempt.
enum DeliveryOutcome: Sendable, Equatable {
    /// The receiver has answered.
    /// - Parameter retryAfter: seconds that it asks to be left alone for.
    case answered(status: Int, retryAfter: Int?)
    /// There was no answer.
    /// - Parameter reason: for the subscriber.
    case failed(reason: String)
    /// For a reason of ours, which says nothing about the receiver.
    case notTried(reason: String)

    /// Seconds that the receiver asks to be left alone for.
    var retryAfter: Int? {
        if case .answered(_, let seconds) = self { seconds } else { nil }
    }

    var isSuccess: Bool {
        if case .answered(let status, _) = self { (200...299).contains(status) } else { false }
    }

    /// The receiver wants no more of it (Standard Webhooks 1.0.0).
    var isGone: Bool {
        if case .answered(410, _) = self { true } else { false }
    }
}

/// When what failed is tried again.
struct DeliverySchedule: Sendable, Equatable {
    /// Seconds after each failed attempt (Standard Webhooks 1.0.0, "Retries").
    static let standard = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// Nobody is left alone for longer.
    private static let longest = 86_400
    /// Until what we could not send is tried again.
    static let ownTrouble: Int64 = 60

    let seconds: [Int]

    init(seconds: [Int] = standard) { self.seconds = seconds }

    /// Milliseconds until the next attempt; nil if there is none.
    /// - Parameters:
    ///   - failures: attempts so far.
    ///   - retryAfter: seconds that the receiver asks for.
    ///   - chance: 0..<1; up to a tenth is added, so that what failed together does not come back
    ///     together.
    func pause(after failures: Int, retryAfter: Int?, chance: Double) -> Int? {
        guard failures >= 1, failures <= seconds.count else { return nil }
        let base = max(seconds[failures - 1], min(retryAfter ?? 0, Self.longest)) * 1_000
        return base + Int(Double(base) * 0.1 * chance)
    }
}
