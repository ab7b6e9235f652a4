/// Slots of one kind, and the owners whose messages could take one, in turn.
struct DeliveryPart {
    typealias Claim = DeliverySlots.Claim

    private struct Owner {
        var taken = 0
        /// With waiting messages within their rates, the next first.
        var claims: [Claim] = []
        var isQueued = false
    }

    private var free: Int
    /// The limit for one owner.
    private let most: Int
    private var owners: [String: Owner] = [:]
    /// Those with claims and below the limit, the next first, and the number of their turn.
    private var queue: [(owner: String, turn: Int)] = []

    init(_ count: Int) {
        free = count
        most = max(1, count / 8)
    }

    /// The turn of the next claim; nil if there is none or no free slot.
    var nextTurn: Int? { free > 0 ? queue.first?.turn : nil }

    /// The next claim; it stays.
    var next: Claim? { queue.first.flatMap { owners[$0.owner]?.claims.first } }

    /// Adds a claim that is within its rate.
    mutating func append(_ claim: Claim, turn: Int) {
        owners[claim.owner, default: Owner()].claims.append(claim)
        enqueue(claim.owner, turn: turn)
    }

    /// Removes the next claim, whose owner stays the next.
    mutating func dropNext() {
        guard let owner = queue.first?.owner else { return }
        owners[owner]?.claims.removeFirst()
        guard owners[owner]?.claims.isEmpty == true else { return }
        queue.removeFirst()
        owners[owner]?.isQueued = false
        forget(owner)
    }

    /// Gives the next claim a slot. Its owner goes to the end.
    mutating func admitNext(turn: Int) {
        guard let owner = queue.first?.owner else { return }
        queue.removeFirst()
        owners[owner]?.isQueued = false
        owners[owner]?.claims.removeFirst()
        owners[owner]?.taken += 1
        free -= 1
        enqueue(owner, turn: turn)
    }

    mutating func giveBack(_ owner: String, turn: Int) {
        free += 1
        owners[owner]?.taken -= 1
        enqueue(owner, turn: turn)
        forget(owner)
    }

    mutating func removeAll() {
        for owner in owners.keys {
            owners[owner]?.claims = []
            owners[owner]?.isQueued = false
            forget(owner)
        }
        queue = []
    }

    private mutating func enqueue(_ owner: String, turn: Int) {
        guard let state = owners[owner], !state.isQueued, !state.claims.isEmpty,
            state.taken < most
        else { return }
        owners[owner]?.isQueued = true
        queue.append((owner, turn))
    }

    private mutating func forget(_ owner: String) {
        if owners[owner]?.taken == 0, owners[owner]?.claims.isEmpty == true {
            owners[owner] = nil
        }
    }
}
