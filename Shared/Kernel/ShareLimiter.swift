import Synchronization

/// How much each of many holders may hold at once of something that they give back: connections of
/// an address, requests in flight of a user. It remembers only who holds something, so what is held
/// bounds its memory. Not generic: it is asked for each request, and generics are not specialized
/// for other modules.
public final class ShareLimiter: Sendable {
    /// Part of a holder's share; given back with the last reference to it.
    public final class Lease: Sendable {
        private let limiter: ShareLimiter
        private let holder: CallerKey
        private let count: Int

        fileprivate init(_ limiter: ShareLimiter, _ holder: CallerKey, _ count: Int) {
            self.limiter = limiter
            self.holder = holder
            self.count = count
        }

        deinit { limiter.giveBack(count, of: holder) }
    }

    /// Holders whose hashes agree in their last bits: loops seldom wait for each other.
    private final class Stripe: Sendable {
        let held = Mutex<[CallerKey: Int]>([:])
    }

    /// What one holder may hold.
    public let share: Int
    private let stripes = (0..<16).map { _ in Stripe() }
    private let refused = Atomic<Int>(0)

    /// - Parameter share: at least 1.
    public init(share: Int) { self.share = share }

    /// How often somebody was refused so far.
    public var refusedCount: Int { refused.load(ordering: .relaxed) }

    /// - Returns: false if that would be more than the holder's share; then nothing was taken.
    public func take(_ count: Int = 1, for holder: CallerKey) -> Bool {
        let isTaken = stripe(holder).held.withLock { held in
            let sum = held[holder, default: 0] + count
            guard sum <= share else { return false }
            held[holder] = sum
            return true
        }
        if !isTaken { refused.add(1, ordering: .relaxed) }
        return isTaken
    }

    /// As `take`, for as long as the lease is referred to; nil in place of false.
    public func lease(_ count: Int = 1, for holder: CallerKey) -> Lease? {
        take(count, for: holder) ? Lease(self, holder, count) : nil
    }

    /// Gives back what `take` took.
    public func giveBack(_ count: Int = 1, of holder: CallerKey) {
        stripe(holder).held.withLock { held in
            guard let now = held[holder] else { return }
            held[holder] = now > count ? now - count : nil
        }
    }

    /// What `holder` holds now.
    public func held(by holder: CallerKey) -> Int {
        stripe(holder).held.withLock { $0[holder] ?? 0 }
    }

    private func stripe(_ holder: CallerKey) -> Stripe {
        stripes[holder.hashValue & (stripes.count - 1)]
    }
}
