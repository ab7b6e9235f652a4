import EventLoop

/// How many messages go to a place in a time, whoever sends them: each place has a bucket that
/// holds two seconds' worth. A bucket is one number, when it will be full again (GCRA).
struct HostRates {
    private static let burstSeconds: UInt64 = 2
    /// Full buckets are forgotten when there are more than so many.
    private static let kept = 1_024

    private let interval: UInt64
    /// Nanoseconds until an empty bucket is full.
    private let depth: UInt64
    private var fullAt: [String: Ticks] = [:]
    private var nextSweep = kept

    /// - Parameter rate: messages a second at one place; 0 for no bound.
    init(perSecond rate: Int) {
        interval = rate > 0 ? 1_000_000_000 / UInt64(rate) : 0
        depth = rate > 0 ? interval * UInt64(rate) * Self.burstSeconds : 0
    }

    /// When a message may go to all of the places: now, or later.
    func next(_ places: [String], at now: Ticks) -> Ticks {
        guard interval > 0 else { return now }
        return places.reduce(now) { latest, place in
            guard let full = fullAt[place] else { return latest }
            // There is one when the bucket is full but for the others that it holds.
            let rest = depth - interval
            return max(latest, Ticks(nanoseconds: full.nanoseconds - min(rest, full.nanoseconds)))
        }
    }

    /// One goes there now.
    mutating func take(_ places: [String], at now: Ticks) {
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
