import EventLoop

/// Limits the rate of messages to each place (host and port), across all owners. A place has a
/// bucket of two seconds' worth, stored as the time at which it will be full again (GCRA).
struct HostRates {
    private static let burstSeconds: UInt64 = 2
    /// With more buckets than this, full ones are forgotten.
    private static let kept = 1_024

    private let interval: UInt64
    /// Nanoseconds until an empty bucket is full.
    private let depth: UInt64
    private var fullAt: [String: Ticks] = [:]
    private var nextSweep = kept

    /// - Parameter rate: messages per second to one place; 0 for no limit.
    init(perSecond rate: Int) {
        interval = rate > 0 ? 1_000_000_000 / UInt64(rate) : 0
        depth = rate > 0 ? interval * UInt64(rate) * Self.burstSeconds : 0
    }

    /// The earliest time at which a message can be sent to all of the places.
    func next(_ places: [String], at now: Ticks) -> Ticks {
        guard interval > 0 else { return now }
        return places.reduce(now) { latest, place in
            guard let full = fullAt[place] else { return latest }
            // One message fits when the bucket has refilled to all but the rest of its depth.
            let rest = depth - interval
            return max(latest, Ticks(nanoseconds: full.nanoseconds - min(rest, full.nanoseconds)))
        }
    }

    /// Records a message that is sent now.
    mutating func record(_ places: [String], at now: Ticks) {
        guard interval > 0 else { return }
        for place in places {
            let full = max(fullAt[place] ?? now, now)
            fullAt[place] = Ticks(nanoseconds: full.nanoseconds + interval)
        }
        guard fullAt.count > nextSweep else { return }
        fullAt = fullAt.filter { $0.value > now }
        nextSweep = max(Self.kept, fullAt.count * 2)
    }
}
