/// A dictionary with a bound: beyond it the older half goes. Inlinable, as generic code of another
/// module takes several times as long, and each check of access looks up two answers.
@usableFromInline struct Generations<Key: Hashable, Value> {
    @usableFromInline let half: Int
    @usableFromInline var young: [Key: Value] = [:]
    @usableFromInline var old: [Key: Value] = [:]

    init(maximum: Int) { half = max(1, maximum / 2) }

    @inlinable var isEmpty: Bool { young.isEmpty && old.isEmpty }
    var count: Int { young.count + old.count }

    @inlinable subscript(key: Key) -> Value? { young[key] ?? old[key] }

    /// The value, which stays longer for being used.
    @inlinable mutating func use(_ key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        _ = insert(value, for: key)
        return value
    }

    /// - Returns: what goes for it.
    @inlinable mutating func insert(_ value: Value, for key: Key) -> [Key: Value] {
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
