/// A dictionary with a bound: beyond it the older half goes.
struct Generations<Key: Hashable, Value> {
    private let half: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    init(maximum: Int) { half = max(1, maximum / 2) }

    var isEmpty: Bool { young.isEmpty && old.isEmpty }
    var count: Int { young.count + old.count }

    subscript(key: Key) -> Value? { young[key] ?? old[key] }

    /// The value, which stays longer for being used.
    mutating func use(_ key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        _ = insert(value, for: key)
        return value
    }

    /// - Returns: what goes for it.
    mutating func insert(_ value: Value, for key: Key) -> [Key: Value] {
        young[key] = value
        guard young.count >= half else { return [:] }
        defer { (young, old) = ([:], young) }
        return old
    }

    mutating func removeAll() {
        young.removeAll()
        old.removeAll()
    }
}

extension Generations: Sendable where Key: Sendable, Value: Sendable {}
