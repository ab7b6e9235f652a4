/// Whether a loop without work looks for events for a moment before it sleeps. To wake a thread
/// whose core sleeps takes longer than most requests, above all in a virtual machine, and the next
/// event often comes within microseconds: the response of a service on the same machine, the next
/// request of the same client. It ends where it doesn't pay, so that a loop with few events spends
/// nothing on it, and it lets others have the core (`sched_yield`).
struct Spin {
    /// How long it may take, in nanoseconds; 0 for never.
    let limit: UInt64
    /// Rises when an event came, falls when none did.
    private var credit = Self.highest
    /// How many times in a row it was not tried.
    private var skipped = 0

    private static let highest = 8
    /// Without credit it is tried once in so many times, as the traffic may have changed.
    private static let interval = 32

    init(microseconds: Int) { limit = UInt64(max(0, microseconds)) * 1_000 }

    /// Whether to try now.
    mutating func begins() -> Bool {
        guard limit > 0 else { return false }
        guard credit == 0 else { return true }
        skipped = (skipped + 1) % Self.interval
        return skipped == 0
    }

    /// - Parameter found: whether an event came.
    mutating func ended(found: Bool) {
        credit = found ? min(credit + 1, Self.highest) : max(credit - 1, 0)
    }
}
