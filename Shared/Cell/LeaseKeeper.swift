import EventLoop

/// What the lease's object holds. Each renewal changes `count`, and with it the entity tag.
struct LeaseRecord: Codable, Equatable, Sendable {
    var reign: UInt64
    /// Of one process: one that is started again doesn't take itself for the one before.
    var owner: String
    var count: UInt64
    /// The owner has ended its reign by itself: nobody needs to wait.
    var isReleased: Bool
}

/// Where the lease is: an object with conditional writes.
protocol LeaseStore {
    /// Nil if there is none.
    func read() throws -> (record: LeaseRecord, tag: String)?
    /// - Parameter tag: that the object must have; nil: there must be none.
    /// - Returns: the new one; nil if the condition doesn't hold.
    /// - Throws: what failed. It may have been written all the same, or may yet be.
    func write(_ record: LeaseRecord, over tag: String?) throws -> String?
}

/// One machine's side of a cell's lease (Gray and Cheriton, 1989), in an object of a bucket.
///
/// **Why two machines never answer at once.** A holder believes in its lease until the start of
/// its last renewal + TTL − margin. That renewal made an entity tag, which a standby can have seen
/// only after it. A standby takes over by a write on the condition of the tag that it has seen for
/// a whole TTL: so no renewal has been applied since, and by its clock a TTL has passed since the
/// start of the last one. The margin of a quarter is for clocks of different rates. Delays of any
/// request do no harm: a late renewal finds another tag.
struct LeaseKeeper<Store: LeaseStore> {
    /// What a step has found.
    enum Event: Equatable {
        case standby
        /// There is no lease yet: `found` makes the first reign.
        case vacant
        case took(reign: UInt64)
        case renewed
        /// Another machine has begun a reign.
        case lost
        case failed(String)
    }

    private struct Attempts {
        var record: LeaseRecord
        /// The start of each write that may have been applied, by its count.
        var starts: [UInt64: Ticks] = [:]
    }

    private let store: Store
    private let owner: String
    private let now: () -> Ticks
    /// Milliseconds.
    let ttl: Int
    private var margin: Int { ttl / 4 }

    /// The tag that was seen last, with the time at which it was seen first.
    private var seen: (record: LeaseRecord, tag: String, since: Ticks)?
    private var held: (tag: String, until: Ticks)?
    private var attempts: Attempts?
    /// What a write that may yet be applied has to replace; its outcome is not known.
    private var open: (tag: String?, isOpen: Bool) = (nil, false)
    private let restraint: Restraint

    init(
        _ store: Store, owner: String, ttl: Int, restraint: Restraint = Restraint(),
        now: @escaping () -> Ticks
    ) {
        self.store = store
        self.restraint = restraint
        self.owner = owner
        self.ttl = ttl
        self.now = now
    }

    /// The reign that was seen last; nil before there is one.
    var reign: UInt64? { seen?.record.reign }
    var isHolder: Bool { held != nil }
    /// Until when this machine may answer; nil for a standby.
    var until: Ticks? { held?.until }

    /// Renews the lease, or takes it if its holder has let a whole TTL pass.
    mutating func step() -> Event {
        do {
            return try held == nil ? watch() : renew()
        } catch {
            restraint.missed()
            return .failed("\(error)")
        }
    }

    /// Begins the first reign, unless another machine does.
    mutating func found() -> Event {
        do {
            return try take(1, over: nil)
        } catch {
            return .failed("\(error)")
        }
    }

    /// Ends this machine's reign, so that another one can begin at once.
    mutating func release() throws {
        guard let held, var record = attempts?.record else { return }
        record.count += 1
        record.isReleased = true
        self.held = nil
        attempts = nil
        restraint.end()
        _ = try store.write(record, over: held.tag)
    }

    private mutating func watch() throws -> Event {
        guard let (record, tag) = try store.read() else {
            seen = nil
            return .vacant
        }
        let time = now()
        restraint.saw(record.reign)
        if let taken = resolve(record, tag) { return taken }
        close(seeing: tag)
        if seen?.tag != tag { seen = (record, tag, time) }
        guard let seen else { return .standby }
        let isOver = seen.since.adding(milliseconds: ttl) <= time
        guard isOver || record.isReleased else { return .standby }
        return try take(record.reign + 1, over: tag)
    }

    /// A write that has to replace another tag can't be applied any more.
    private mutating func close(seeing tag: String) {
        guard open.isOpen, open.tag != tag else { return }
        open.isOpen = false
        restraint.end()
    }

    private mutating func take(_ reign: UInt64, over tag: String?) throws -> Event {
        var attempts =
            attempts
            ?? Attempts(
                record: LeaseRecord(reign: reign, owner: owner, count: 0, isReleased: false))
        if attempts.record.reign != reign {
            attempts = Attempts(
                record: LeaseRecord(reign: reign, owner: owner, count: 0, isReleased: false))
        }
        attempts.record.count += 1
        let start = now()
        guard restraint.begin(at: start) else { return .standby }
        attempts.starts[attempts.record.count] = start
        self.attempts = attempts
        let isOpen = open.isOpen
        open = (tag, true)
        guard let taken = try store.write(attempts.record, over: tag) else {
            // An earlier one may have been applied: the next look says so.
            open.isOpen = isOpen
            if !isOpen { restraint.end() }
            return .standby
        }
        open.isOpen = false
        hold(attempts.record, taken, since: start)
        return .took(reign: reign)
    }

    /// An attempt to take the lease whose outcome was not known was applied.
    private mutating func resolve(_ record: LeaseRecord, _ tag: String) -> Event? {
        guard record.owner == owner, let attempts, attempts.record.reign == record.reign,
            let start = attempts.starts[record.count], !record.isReleased
        else { return nil }
        // It restrains itself since it was sent.
        open.isOpen = false
        hold(record, tag, since: start)
        return .took(reign: record.reign)
    }

    private mutating func renew() throws -> Event {
        guard let current = held, var attempts else { return .standby }
        attempts.record.count += 1
        let start = now()
        attempts.starts[attempts.record.count] = start
        self.attempts = attempts
        do {
            if let tag = try store.write(attempts.record, over: current.tag) {
                hold(attempts.record, tag, since: start)
                return .renewed
            }
        } catch {
            // It may have been applied: what is there says so.
            guard let (_, tag) = try? store.read(), tag != current.tag else { throw error }
        }
        guard let (record, tag) = try store.read() else { return lose(nil) }
        if record.owner == owner, record.reign == attempts.record.reign,
            let start = attempts.starts[record.count]
        {
            hold(record, tag, since: start)
            return .renewed
        }
        return lose((record, tag, now()))
    }

    private mutating func lose(_ seen: (LeaseRecord, String, Ticks)?) -> Event {
        held = nil
        attempts = nil
        restraint.end()
        self.seen = seen.map { (record: $0.0, tag: $0.1, since: $0.2) }
        return .lost
    }

    private mutating func hold(_ record: LeaseRecord, _ tag: String, since start: Ticks) {
        let until = start.adding(milliseconds: ttl - margin)
        held = (tag, max(held?.until ?? until, until))
        seen = (record, tag, now())
        // Writes before this one can't be applied any more.
        let later = attempts?.starts.filter { $0.key >= record.count }
        attempts?.starts = later ?? [:]
    }
}
