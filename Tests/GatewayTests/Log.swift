import Synchronization

/// A value that tests read while others change it.
final class Log<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value { mutex.withLock { $0 } }

    func set(_ value: Value) { mutex.withLock { $0 = value } }

    func change(_ body: (inout Value) -> Void) { mutex.withLock { body(&$0) } }
}
