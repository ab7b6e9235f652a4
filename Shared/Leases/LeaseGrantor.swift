import Contract

/// The side of a lease that owns the facts, without I/O: which processes can answer in its place,
/// until when, and what has changed since each of them last confirmed.
///
/// **What is promised.** Once a change has been acknowledged (`holdout` was nil for its version),
/// no holder answers with what was true before it. Until then holders may answer either way, as for
/// any request that runs at the same time as a change.
///
/// **Why it holds.** A change gets its version *after* it was committed (`record`), and an answer
/// carries the version that was read *before* its fact was (`mark`). So an answer with at least the
/// change's version was read after the commit: it is right. All other answers have a lower version,
/// and a holder that has applied the change refuses them, whenever they arrive (`LeaseHolder`). A
/// holder that has not applied it has not confirmed it, so the change waits for it, unless its
/// session has ended. A session lasts, by this side's clock, for a `life` from the moment a renewal
/// *arrived*; the holder counts 98 % of it, by its own clock, from the moment it *sent* the
/// renewal, which was earlier. So the holder has stopped before this side stops waiting, however
/// late requests and replies are, while the clocks' rates are within 1 %.
///
/// **Why nobody waits for longer than a life.** A renewal that doesn't confirm a change extends its
/// session at most to the end of a life from that change on. So a holder that is connected but
/// doesn't get replies can't hold up a change for good.
///
/// **A restart of the grantor** forgets the sessions. Their holders have sent their last successful
/// renewal before, so changes wait until a life after the start. Holders then see another epoch,
/// which no answer and no version of the former one fits. **A restart of the holder** is another
/// holder; the session of the former one ends by itself.
public struct LeaseGrantor: Sendable {
    /// How much a grantor remembers.
    public struct Limits: Sendable {
        /// Changed keys; a holder that is further behind starts over.
        public var changes = 4_096
        /// Holders with a session; others get none, and ask each time.
        public var sessions = 64

        public init() {}
    }

    private struct Change {
        let version: Int
        let key: String
        let at: UInt64
    }

    private struct Session {
        /// Until when its holder may answer, at the latest.
        var until: UInt64
        /// Through which version its holder has applied all changes.
        var confirmed: Int
    }

    private let epoch: String
    private let limits: Limits
    /// Until when holders of a former process's leases may answer.
    private let quietFrom: UInt64
    private var version = 0
    /// The latest changes, in order.
    private var changes: [Change] = []
    /// Changes up to this version are not in `changes`.
    private var forgotten = 0
    private var sessions: [String: Session] = [:]

    /// - Parameters:
    ///   - epoch: differs from that of every other grantor of the same facts.
    ///   - now: this and all others are monotonic nanoseconds that also count while the machine
    ///     sleeps.
    ///   - isFirst: whether no process before this one can have granted leases.
    public init(epoch: String, now: UInt64, isFirst: Bool, limits: Limits = Limits()) {
        self.epoch = epoch
        self.limits = limits
        quietFrom = isFirst ? now : now + LeaseRules.lifeNanoseconds
    }

    /// To be read before the fact that an answer is made from.
    public var mark: LeaseMark { LeaseMark(epoch: epoch, version: version) }

    /// Holders that may answer.
    public func sessionCount(at now: UInt64) -> Int { sessions.values.count { $0.until > now } }

    /// Records a change, after it was committed.
    /// - Returns: its version.
    public mutating func record(_ keys: some Collection<String>, at now: UInt64) -> Int {
        version += 1
        if keys.count > limits.changes || keys.contains(LeaseRules.everything) {
            changes.removeAll()
            forgotten = version
            return version
        }
        changes += keys.map { Change(version: version, key: $0, at: now) }
        // In halves, so that it is not done for each change.
        if changes.count > 2 * limits.changes {
            changes.removeFirst(changes.count - limits.changes)
            forgotten = changes[0].version
        }
        return version
    }

    /// A renewal that has been received, and is to be replied to.
    public struct Received: Sendable {
        /// What the holder confirmed; nil if it starts over.
        fileprivate let confirmed: Int?
        fileprivate let life: UInt64
    }

    /// Takes a renewal that arrives.
    /// - Returns: nil if there are too many sessions.
    public mutating func receive(_ renewal: LeaseRenewal, at now: UInt64) -> Received? {
        let confirmed = renewal.through.flatMap {
            $0.epoch == epoch && $0.version <= version ? $0.version : nil
        }
        sessions = sessions.filter { $0.value.until > now }
        // A holder without a session can't answer until it has applied the reply to this. One that
        // has a session confirms by `through` alone: what arrives without may be an old request.
        var session =
            sessions[renewal.holder] ?? Session(until: now, confirmed: confirmed ?? version)
        guard sessions[renewal.holder] != nil || sessions.count < limits.sessions else {
            return nil
        }
        session.confirmed = max(session.confirmed, confirmed ?? 0)
        let life = life(after: confirmed ?? session.confirmed, at: now)
        session.until = max(session.until, now + life)
        sessions[renewal.holder] = session
        return Received(confirmed: confirmed, life: life)
    }

    /// Ends the session of a holder that has stopped answering for good. A renewal of its that
    /// arrives later gives it another one, which ends by itself.
    public mutating func end(_ holder: String) { sessions[holder] = nil }

    /// How long a session may last that has applied the changes through `confirmed`.
    private func life(after confirmed: Int, at now: UInt64) -> UInt64 {
        guard confirmed < version else { return LeaseRules.lifeNanoseconds }
        guard confirmed >= forgotten, let first = firstChange(after: confirmed) else { return 0 }
        let end = changes[first].at + LeaseRules.lifeNanoseconds
        return end > now ? end - now : 0
    }

    private func firstChange(after confirmed: Int) -> Int? {
        // They are in order: by halving.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].version > confirmed { high = middle } else { low = middle + 1 }
        }
        return low < changes.count ? low : nil
    }

    /// Whether a reply now would have something new.
    public func hasNews(for received: Received) -> Bool { received.confirmed != version }

    /// The reply to a renewal, as of now.
    public func reply(to received: Received) -> LeaseReply {
        let milliseconds = Int(received.life / 1_000_000)
        guard let confirmed = received.confirmed, confirmed >= forgotten else {
            return LeaseReply(mark: mark, life: milliseconds, startsOver: true, changed: [])
        }
        let changed = firstChange(after: confirmed).map { Set(changes[$0...].map(\.key)) } ?? []
        return LeaseReply(
            mark: mark, life: milliseconds, startsOver: false, changed: changed.sorted())
    }

    /// Until when a change has to wait, at the latest; nil if it can be acknowledged. For version
    /// 0, that is what a process before this one may have committed.
    public func holdout(of version: Int, at now: UInt64) -> UInt64? {
        let sessions = sessions.values.filter { $0.confirmed < version && $0.until > now }
        let end = max(sessions.map(\.until).max() ?? 0, quietFrom)
        return end > now ? end : nil
    }
}
