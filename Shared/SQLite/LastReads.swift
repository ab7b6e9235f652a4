import Synchronization

/// What was read last, for as long as nothing is written: a read takes locks of the file, which
/// cost more than a look-up of one row.
public final class LastReads<Value: Sendable>: Sendable {
    private struct State {
        var version = -1
        var values: [String: Value] = [:]
    }

    private let database: Database
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many are kept.
    public init(_ database: Database, limit: Int = 10_000) {
        self.database = database
        self.limit = limit
    }

    /// What `read` finds for a key. Nil is not kept: else who asks for what does not exist would
    /// fill it.
    public func value(
        _ key: String, _ read: (Reader) throws -> Value?
    ) throws -> Value? {
        guard let version = database.version else { return try database.read(read) }
        let known = state.withLock { $0.version == version ? $0.values[key] : nil }
        if let known { return known }
        guard let value = try database.read(read) else { return nil }
        state.withLock { state in
            // An older one would bring back what has been written over since.
            guard state.version <= version else { return }
            if state.version < version || state.values.count >= limit { state.values = [:] }
            state.version = version
            state.values[key] = value
        }
        return value
    }
}
