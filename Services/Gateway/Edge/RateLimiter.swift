import EventLoop
import Synchronization

/// Token buckets for any number of callers, shared by all loops, in memory that never grows. A
/// bucket is one number: when it will be full again (GCRA's theoretical arrival time). One whose
/// time has passed is full, and so is a missing one: evicting it loses nothing.
final class RateLimiter: Sendable {
    struct Verdict: Sendable, Equatable {
        let isAllowed: Bool
        /// Requests that are allowed at once after this one.
        let remaining: UInt32
        /// If allowed: until the bucket is full. Otherwise: until one request is allowed.
        let seconds: UInt32
    }

    private struct Entry {
        var key: UInt64 = 0
        /// Nanoseconds of `Ticks`.
        var fullAt: UInt64 = 0
    }

    /// Entries of one stripe, in sets of `ways`.
    private final class Stripe: Sendable {
        let entries: Mutex<[Entry]>

        init(_ count: Int) { entries = Mutex([Entry](repeating: Entry(), count: count)) }
    }

    /// A key can be anywhere in its set: two cache lines.
    private static let ways = 8
    private static let stripeBits: UInt64 = 6
    /// The bucket's capacity, in seconds at the allowed rate.
    static let burstSeconds = 2

    let policy: String
    /// `RateLimit-Policy: …` and the beginning of `RateLimit: …`.
    let fieldStart: [UInt8]
    private let stripes: [Stripe]
    private let setMask: Int
    /// Nanoseconds between two requests at the allowed rate.
    private let interval: UInt64
    /// Nanoseconds in which an empty bucket fills.
    private let capacity: UInt64
    private let refused = Atomic<Int>(0)
    private let evicted = Atomic<Int>(0)

    /// - Parameters:
    ///   - perSecond: from 1 to 1,000,000.
    ///   - entryBits: the table has two to the power of these entries of 16 bytes; at least 9.
    init(_ policy: String, perSecond: Int, entryBits: Int) {
        self.policy = policy
        interval = 1_000_000_000 / UInt64(perSecond)
        let burst = perSecond * Self.burstSeconds
        capacity = interval * UInt64(burst)
        let allowance = "RateLimit-Policy: \"\(policy)\";q=\(burst);w=\(Self.burstSeconds)"
        fieldStart = Array("\(allowance)\r\nRateLimit: \"\(policy)\";r=".utf8)
        let perStripe = 1 << (entryBits - Int(Self.stripeBits))
        setMask = perStripe / Self.ways - 1
        stripes = (0..<(1 << Self.stripeBits)).map { _ in Stripe(perStripe) }
    }

    /// Requests refused so far.
    var refusedCount: Int { refused.load(ordering: .relaxed) }
    /// Buckets evicted before they were full, for lack of room.
    var evictedCount: Int { evicted.load(ordering: .relaxed) }

    /// Takes one request from the bucket of `key`, if it isn't empty.
    /// - Parameter key: a keyed hash, so that no client can choose its set.
    func take(_ key: UInt64, now: Ticks) -> Verdict {
        let stripe = stripes[Int(key >> (64 - Self.stripeBits))]
        let first = (Int(truncatingIfNeeded: key) & setMask) * Self.ways
        let now = now.nanoseconds
        return stripe.entries.withLock { entries in
            // Without an entry for the key, the bucket that is full first is replaced: mostly one
            // that is not in use. If all are, that one loses least; its caller gets a full bucket.
            var place = first
            var isKnown = false
            for i in first..<first + Self.ways {
                if entries[i].key == key {
                    place = i
                    isKnown = true
                    break
                }
                if entries[i].fullAt < entries[place].fullAt { place = i }
            }
            let old = entries[place].fullAt
            let fullAt = (isKnown ? max(old, now) : now) + interval
            guard fullAt - now <= capacity else {
                refused.add(1, ordering: .relaxed)
                let wait = Self.seconds(fullAt - now - capacity)
                return Verdict(isAllowed: false, remaining: 0, seconds: wait)
            }
            if !isKnown, old > now { evicted.add(1, ordering: .relaxed) }
            entries[place] = Entry(key: key, fullAt: fullAt)
            let left = capacity - (fullAt - now)
            return Verdict(
                isAllowed: true, remaining: UInt32(left / interval),
                seconds: Self.seconds(fullAt - now))
        }
    }

    /// Whole seconds, rounded up.
    private static func seconds(_ nanoseconds: UInt64) -> UInt32 {
        UInt32((nanoseconds + 999_999_999) / 1_000_000_000)
    }
}
