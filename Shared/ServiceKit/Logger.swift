import FoundationEssentials
import Glibc
import Kernel
import Synchronization

/// Writes one line an event to standard error: JSON for machines, or text for people.
public final class Logger: Sendable {
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        public init?(_ name: String) {
            guard let level = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
            self = level
        }

        public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    public enum Format: String, Sendable { case json, text }

    private let service: String
    private let level: Level
    private let format: Format
    private let clock: any Clock
    private let write: @Sendable (String) -> Void
    private let lock = Mutex(())

    /// - Parameter write: takes one line with its line feed; standard error by default.
    public init(
        service: String, level: Level = .info, format: Format = .json,
        clock: any Clock = SystemClock(),
        write: @escaping @Sendable (String) -> Void = Logger.standardError
    ) {
        self.service = service
        self.level = level
        self.format = format
        self.clock = clock
        self.write = write
    }

    /// Whether a line of this level would be written: ask before building a costly one.
    public func logs(_ level: Level) -> Bool { level >= self.level }

    public func debug(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.debug, message, fields)
    }

    public func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.info, message, fields)
    }

    public func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.warning, message, fields)
    }

    public func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.error, message, fields)
    }

    private func log(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
        guard logs(level) else { return }
        let time = clock.now().rfc3339
        let line =
            format == .json
            ? json(time, level, message, fields) : text(time, level, message, fields)
        lock.withLock { _ in write(line) }
    }

    private func json(
        _ time: String, _ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>
    ) -> String {
        var line =
            "{\"time\":\"\(time)\",\"level\":\"\(level)\",\"service\":\"\(service)\",\"message\":"
        line += Self.quoted(message)
        for (name, value) in fields { line += ",\(Self.quoted(name)):\(Self.quoted(value))" }
        return line + "}\n"
    }

    private func text(
        _ time: String, _ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>
    ) -> String {
        var line = "\(time) \(level) \(service): \(Self.quoted(message).dropFirst().dropLast())"
        for (name, value) in fields { line += " \(name)=\(Self.quoted(value))" }
        return line + "\n"
    }

    /// A JSON string (RFC 8259 §7). Control characters can't leave as such: one event, one line.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// One write(2) a line. Where nobody reads, a pipe fills: its lines are lost then, and the
    /// service goes on.
    public static let standardError: @Sendable (String) -> Void = { line in
        var state = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        // A pipe that is writable takes PIPE_BUF (4,096) bytes without waiting (pipe(7)).
        guard poll(&state, 1, 0) == 1, state.revents & Int16(POLLOUT) != 0 else { return }
        let bytes = line.utf8.count <= 4_096 ? Array(line.utf8) : line.utf8.prefix(4_095) + [10]
        bytes.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
