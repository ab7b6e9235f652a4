import EventLoop

/// Messages that wait for a slot and for the rate of their places, in a line for each claim. A line
/// waits either for its rate, by time, or in its owner's turn for a slot, so that admitting a
/// message takes the same few steps however many lines there are.
struct DeliveryLines {
    typealias Claim = DeliverySlots.Claim
    /// Resumes with whether it was admitted; nil if the line was full.
    typealias Waiting = CheckedContinuation<Bool?, Never>

    private struct Line {
        var waiting: [Waiting]
        /// Grows: among lines that can go on at the same time, the one that has waited longest is
        /// the next.
        var turn: Int
    }

    private var lines: [Claim: Line] = [:]
    private var healthy: DeliveryPart
    private var failing: DeliveryPart
    private var rates: HostRates
    /// Lines at the rate of their places, the next last.
    private var held: [(at: Ticks, turn: Int, claim: Claim)] = []
    private var turns = 0
    /// When the timer fires.
    private var wakeAt: Ticks?
    private(set) var waitingCount = 0
    private(set) var heldCount = 0
    private(set) var isClosed = false

    init(healthy: Int, failing: Int, rates: HostRates) {
        self.healthy = DeliveryPart(healthy)
        self.failing = DeliveryPart(failing)
        self.rates = rates
    }

    func count(of claim: Claim) -> Int { lines[claim]?.waiting.count ?? 0 }

    mutating func append(_ one: Waiting, _ claim: Claim, at now: Ticks) {
        waitingCount += 1
        if rates.next(claim.places, at: now) > now { heldCount += 1 }
        guard lines[claim] == nil else {
            lines[claim]?.waiting.append(one)
            return
        }
        lines[claim] = Line(waiting: [one], turn: nextTurn())
        place(claim, at: now)
    }

    mutating func give(back claim: Claim) {
        let turn = nextTurn()
        change(claim) { $0.giveBack(claim.owner, turn: turn) }
    }

    /// - Returns: those admitted now, and when to serve again if nothing happens before.
    mutating func serve(at now: Ticks) -> (admitted: [Waiting], wake: Ticks?) {
        while let next = held.last, next.at <= now {
            held.removeLast()
            place(next.claim, at: now)
        }
        var admitted: [Waiting] = []
        while let claim = next(at: now) {
            admitted.append(admit(claim, at: now))
        }
        guard let wake = held.last?.at, wakeAt.map({ wake < $0 }) ?? true else {
            return (admitted, nil)
        }
        wakeAt = wake
        return (admitted, wake)
    }

    mutating func woken(_ moment: Ticks) {
        if wakeAt == moment { wakeAt = nil }
    }

    mutating func close() -> [Waiting] {
        isClosed = true
        let all = lines.values.flatMap(\.waiting)
        (lines, held, waitingCount) = ([:], [], 0)
        healthy.removeAll()
        failing.removeAll()
        return all
    }

    /// The claim whose turn it is, with a free slot and within its rate.
    private mutating func next(at now: Ticks) -> Claim? {
        while let isFailing = partInTurn, let claim = isFailing ? failing.next : healthy.next {
            guard rates.next(claim.places, at: now) > now else { return claim }
            // Another's message to the same place was admitted in the meantime.
            change(claim) { $0.dropNext() }
            place(claim, at: now)
        }
        return nil
    }

    /// Whether it is the failing ones' turn; nil if nothing can be admitted.
    private var partInTurn: Bool? {
        switch (healthy.nextTurn, failing.nextTurn) {
        case (nil, nil): nil
        case (let one?, let other?): other < one
        case (nil, _): true
        case (_, nil): false
        }
    }

    /// The first of the line of the claim whose turn it is. The claim and its owner go to the end
    /// of theirs.
    private mutating func admit(_ claim: Claim, at now: Ticks) -> Waiting {
        var line = lines[claim] ?? Line(waiting: [], turn: 0)
        let first = line.waiting.removeFirst()
        waitingCount -= 1
        line.turn = nextTurn()
        lines[claim] = line.waiting.isEmpty ? nil : line
        change(claim) { $0.admitNext(turn: line.turn) }
        rates.record(claim.places, at: now)
        if !line.waiting.isEmpty { place(claim, at: now) }
        return first
    }

    /// Has a line wait for its rate, or for its owner's turn.
    private mutating func place(_ claim: Claim, at now: Ticks) {
        guard let turn = lines[claim]?.turn else { return }
        let at = rates.next(claim.places, at: now)
        guard at > now else {
            let ownersTurn = nextTurn()
            return change(claim) { $0.append(claim, turn: ownersTurn) }
        }
        var (low, high) = (0, held.count)
        while low < high {
            let middle = (low + high) / 2
            if (held[middle].at, held[middle].turn) > (at, turn) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        held.insert((at, turn, claim), at: low)
    }

    private mutating func nextTurn() -> Int {
        turns += 1
        return turns
    }

    private mutating func change(_ claim: Claim, _ body: (inout DeliveryPart) -> Void) {
        if claim.isFailing { body(&failing) } else { body(&healthy) }
    }
}
