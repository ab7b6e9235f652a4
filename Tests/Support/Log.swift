import Kernel
import ServiceKit
import Synchronization

/// A value that tests read while others change it.
public final class Log<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    public init(_ value: Value) { mutex = Mutex(value) }

    public var value: Value { mutex.withLock { $0 } }

    public func set(_ value: Value) { mutex.withLock { $0 = value } }

    public func change(_ body: (inout Value) -> Void) { mutex.withLock { body(&$0) } }
}

/// Set once, by whichever thread.
public final class Flag: Sendable {
    private let value = Atomic(false)

    public init() {}

    public var isSet: Bool { value.load(ordering: .acquiring) }

    /// - Returns: whether it was not set before.
    @discardableResult
    public func set() -> Bool { !value.exchange(true, ordering: .acquiringAndReleasing) }
}

/// What a service logs.
public final class LogBook: Sendable {
    private let kept = Mutex<[String]>([])

    public init() {}

    public var lines: [String] { kept.withLock { $0 } }
    public var text: String { lines.joined() }

    public func logger(
        _ level: Logger.Level = .debug, _ format: Logger.Format = .json,
        service: String = "test", clock: any Clock = FakeClock()
    ) -> Logger {
        Logger(service: service, level: level, format: format, clock: clock) { [self] line in
            kept.withLock { $0.append(line) }
        }
    }
}
