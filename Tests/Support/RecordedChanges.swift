import SQLite
import Synchronization

/// Records the keys of changed rows of watched tables.
public final class RecordedChanges: ChangeObserver {
    private let keys = Mutex<Set<String>>([])
    private let waits = Mutex(0)

    public init() {}

    /// How often somebody has waited for all changes to settle.
    public var settledAll: Int { waits.withLock(\.self) }

    public func opened(isNew: Bool) {}
    public func committing() {}

    public func committed(_ keys: Set<String>) -> Int {
        self.keys.withLock { known in
            known.formUnion(keys)
            return known.count
        }
    }

    public func settle(_ number: Int) async {}
    public func settleAll() async { waits.withLock { $0 += 1 } }

    /// Those since the last call.
    public func take() -> Set<String> {
        keys.withLock { known in
            defer { known.removeAll() }
            return known
        }
    }
}
