import Synchronization

/// How much is on its way at once. Whoever gets no slot waits; owners get theirs in turn, and none
/// has more than a part: whose receivers are slow waits for himself.
final class DeliverySlots: Sendable {
    private typealias Waiting = CheckedContinuation<Void, Never>

    private struct State {
        var free: Int
        /// By owner.
        var taken: [String: Int] = [:]
        var waiting: [String: [Waiting]] = [:]
        /// Owners who wait, the next first.
        var turn: [String] = []
    }

    /// Of one owner.
    private let most: Int
    private let state: Mutex<State>

    init(_ count: Int) {
        most = max(1, count / 8)
        state = Mutex(State(free: count))
    }

    /// Runs `body` with a slot.
    func with<T>(_ owner: String, _ body: () async -> T) async -> T {
        await take(owner)
        defer { give(owner) }
        return await body()
    }

    private func take(_ owner: String) async {
        await withCheckedContinuation { continuation in
            resume(
                state.withLock { state in
                    if state.waiting[owner] == nil { state.turn.append(owner) }
                    state.waiting[owner, default: []].append(continuation)
                    return admit(&state)
                })
        }
    }

    private func give(_ owner: String) {
        resume(
            state.withLock { state in
                state.free += 1
                let left = (state.taken[owner] ?? 1) - 1
                state.taken[owner] = left > 0 ? left : nil
                return admit(&state)
            })
    }

    /// Those for whom there is room now.
    private func admit(_ state: inout State) -> [Waiting] {
        var admitted: [Waiting] = []
        while state.free > 0,
            let place = state.turn.firstIndex(where: { state.taken[$0, default: 0] < most })
        {
            let owner = state.turn.remove(at: place)
            guard var line = state.waiting[owner], !line.isEmpty else { continue }
            admitted.append(line.removeFirst())
            state.waiting[owner] = line.isEmpty ? nil : line
            if !line.isEmpty { state.turn.append(owner) }
            state.taken[owner, default: 0] += 1
            state.free -= 1
        }
        return admitted
    }

    private func resume(_ admitted: [Waiting]) {
        for continuation in admitted { continuation.resume() }
    }
}
