import EventLoop

/// Messages that wait for a slot and for the rate of their places, by owner and claim.
struct DeliveryLines {
    typealias Claim = DeliverySlots.Claim
    /// Resumes with whether it was admitted; nil if the line was full.
    typealias Waiting = CheckedContinuation<Bool?, Never>

    /// Slots of one kind.
    private struct Part {
        var free: Int
        /// The limit for one owner.
        let most: Int
        /// By owner.
        var taken: [String: Int] = [:]

        init(_ count: Int) {
            free = count
            most = max(1, count / 8)
        }

        func hasRoom(for owner: String) -> Bool { free > 0 && taken[owner, default: 0] < most }
    }

    private var healthy: Part
    private var failing: Part
    private var rates: HostRates
    private var waiting: [Claim: [Waiting]] = [:]
    /// Waiting owners, the next first.
    private var owners: [String] = []
    /// The claims of each, the next first.
    private var claims: [String: [Claim]] = [:]
    /// When the timer fires.
    private var wakeAt: Ticks?
    private(set) var waitingCount = 0
    private(set) var heldCount = 0
    private(set) var isClosed = false

    init(healthy: Int, failing: Int, rates: HostRates) {
        self.healthy = Part(healthy)
        self.failing = Part(failing)
        self.rates = rates
    }

    func count(of claim: Claim) -> Int { waiting[claim]?.count ?? 0 }

    mutating func append(_ one: Waiting, _ claim: Claim, at now: Ticks) {
        if waiting[claim] == nil {
            if claims[claim.owner] == nil { owners.append(claim.owner) }
            claims[claim.owner, default: []].append(claim)
        }
        waiting[claim, default: []].append(one)
        waitingCount += 1
        if rates.next(claim.places, at: now) > now { heldCount += 1 }
    }

    mutating func give(back claim: Claim) {
        change(claim) { part in
            part.free += 1
            let left = (part.taken[claim.owner] ?? 1) - 1
            part.taken[claim.owner] = left > 0 ? left : nil
        }
    }

    /// - Returns: those admitted now, and when to serve again if nothing happens before.
    mutating func serve(at now: Ticks) -> (admitted: [Waiting], wake: Ticks?) {
        var admitted: [Waiting] = []
        while let claim = next(at: now) {
            admitted.append(admit(claim, at: now))
        }
        let wake = soonest(at: now)
        guard let wake, wakeAt.map({ wake < $0 }) ?? true else { return (admitted, nil) }
        wakeAt = wake
        return (admitted, wake)
    }

    mutating func woken(_ moment: Ticks) {
        if wakeAt == moment { wakeAt = nil }
    }

    mutating func close() -> [Waiting] {
        isClosed = true
        let all = waiting.values.flatMap { $0 }
        (waiting, owners, claims, waitingCount) = ([:], [], [:], 0)
        return all
    }

    private func hasSlot(_ claim: Claim) -> Bool {
        (claim.isFailing ? failing : healthy).hasRoom(for: claim.owner)
    }

    /// The first claim, in the owners' order, with a free slot and within its rate.
    private func next(at now: Ticks) -> Claim? {
        for owner in owners {
            for claim in claims[owner] ?? []
            where hasSlot(claim) && rates.next(claim.places, at: now) <= now { return claim }
        }
        return nil
    }

    /// The earliest time at which a claim with a free slot is within its rate.
    private func soonest(at now: Ticks) -> Ticks? {
        waiting.keys.filter(hasSlot).map { rates.next($0.places, at: now) }.min()
    }

    /// Removes the first of the claim's line, and moves the claim and its owner to the end of
    /// theirs.
    private mutating func admit(_ claim: Claim, at now: Ticks) -> Waiting {
        var line = waiting[claim] ?? []
        let first = line.removeFirst()
        waitingCount -= 1
        waiting[claim] = line.isEmpty ? nil : line
        var own = (claims[claim.owner] ?? []).filter { $0 != claim }
        if !line.isEmpty { own.append(claim) }
        claims[claim.owner] = own.isEmpty ? nil : own
        owners.removeAll { $0 == claim.owner }
        if !own.isEmpty { owners.append(claim.owner) }
        change(claim) { part in
            part.free -= 1
            part.taken[claim.owner, default: 0] += 1
        }
        rates.record(claim.places, at: now)
        return first
    }

    private mutating func change(_ claim: Claim, _ body: (inout Part) -> Void) {
        if claim.isFailing { body(&failing) } else { body(&healthy) }
    }
}
