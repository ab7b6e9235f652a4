import Synchronization

/// Limits how many of something are in use at once, in total and by each owner, so that one owner
/// can't starve the others.
public final class FairLimit: Sendable {
    private let total: Int
    private let each: Int
    private let used = Mutex<[String: Int]>([:])

    /// - Parameters:
    ///   - total: of all owners together.
    ///   - each: of one owner.
    public init(_ total: Int, each: Int) {
        self.total = total
        self.each = each
    }

    /// Takes one.
    /// - Returns: whether there was one for this owner. If so, `end` gives it back.
    public func begin(_ owner: String) -> Bool {
        used.withLock { used in
            let own = used[owner, default: 0]
            guard own < each, used.values.reduce(0, +) < total else { return false }
            used[owner] = own + 1
            return true
        }
    }

    /// Gives one back that `begin` took.
    public func end(_ owner: String) {
        used.withLock { used in
            let own = (used[owner] ?? 1) - 1
            used[owner] = own > 0 ? own : nil
        }
    }
}
