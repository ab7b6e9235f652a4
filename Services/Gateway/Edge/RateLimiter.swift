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

    /// How fast the bucket of a key fills.
    struct Rate: Sendable {
        /// Nanoseconds between two requests.
        fileprivate let interval: UInt64
        /// Nanoseconds in which an empty bucket fills.
        fileprivate let capacity: UInt64
        /// `RateLimit-Policy: …` and the beginning of `RateLimit: …`.
        let fieldStart: [UInt8]

        /// - Parameter perSecond: from 1 to 1,000,000.
        init(_ policy: String, perSecond: Int) {
            interval = 1_000_000_000 / UInt64(perSecond)
            let burst = perSecond * burstSeconds
            capacity = interval * UInt64(burst)
            let allowance = "RateLimit-Policy: \"\(policy)\";q=\(burst);w=\(burstSeconds)"
            fieldStart = Array("\(allowance)\r\nRateLimit: \"\(policy)\";r=".utf8)
        }
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
    private let stripes: [Stripe]
    private let setMask: Int
    private let refused = Atomic<Int>(0)
    private let evicted = Atomic<Int>(0)

    /// - Parameter entryBits: the table has two to the power of these entries of 16 bytes; at least
    ///   9.
    init(_ policy: String, entryBits: Int) {
        self.policy = policy
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
    func take(_ key: UInt64, at rate: Rate, now: Ticks) -> Verdict {
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
            let fullAt = (isKnown ? max(old, now) : now) + rate.interval
            guard fullAt - now <= rate.capacity else {
                refused.add(1, ordering: .relaxed)
                let wait = Self.seconds(fullAt - now - rate.capacity)
                return Verdict(isAllowed: false, remaining: 0, seconds: wait)
            }
            if !isKnown, old > now { evicted.add(1, ordering: .relaxed) }
            entries[place] = Entry(key: key, fullAt: fullAt)
            let left = rate.capacity - (fullAt - now)
            return Verdict(
                isAllowed: true, remaining: UInt32(left / rate.interval),
                seconds: Self.seconds(fullAt - now))
        }
    }

    /// Whole seconds, rounded up.
    private static func seconds(_ nanoseconds: UInt64) -> UInt32 {
        UInt32((nanoseconds + 999_999_999) / 1_000_000_000)
    }
}
