import Glibc
import HTTPCore
import Kernel
import Synchronization

/// Writes one line an event to standard error: JSON for machines, or text for people.
public final class Logger: Sendable {
    /// In rising order; lines below the minimum are not written.
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        /// nil for an unknown name.
        public init?(_ name: String) {
            guard let level = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
            self = level
        }

        public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    /// How a line is written: one JSON object, or text for people.
    public enum Format: String, Sendable { case json, text }

    let service: String
    let format: Format
    let clock: any Clock
    private let level: Level
    private let output: @Sendable (String) -> Bool
    private let lock = Mutex(())
    private let dropped = Atomic(0)

    /// - Parameter output: takes one line, or several whole ones, with their line feeds, and says
    ///   whether it could.
    public init(
        service: String, level: Level = .info, format: Format = .json,
        clock: any Clock = SystemClock(),
        output: @escaping @Sendable (String) -> Bool = Logger.standardError
    ) {
        self.service = service
        self.level = level
        self.format = format
        self.clock = clock
        self.output = output
    }

    /// - Parameter write: takes one line, or several whole ones, with their line feeds.
    public convenience init(
        service: String, level: Level = .info, format: Format = .json,
        clock: any Clock = SystemClock(), write: @escaping @Sendable (String) -> Void
    ) {
        self.init(service: service, level: level, format: format, clock: clock) { lines -> Bool in
            write(lines)
            return true
        }
    }

    /// Whether a line of this level would be written: ask before building a costly one.
    public func logs(_ level: Level) -> Bool { level >= self.level }

    /// Writes a line at level `debug`.
    public func debug(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.debug, message, fields)
    }

    /// Writes a line at level `info`.
    public func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.info, message, fields)
    }

    /// Writes a line at level `warning`: something to look at, the service goes on.
    public func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.warning, message, fields)
    }

    /// Writes a line at level `error`: a request or a task failed by a fault of ours.
    public func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.error, message, fields)
    }

    private func log(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
        guard logs(level) else { return }
        let time = clock.now().rfc3339
        let line =
            format == .json
            ? json(time, level, message, fields) : text(time, level, message, fields)
        write(lines: line)
    }

    /// Whole lines that are complete already.
    func write(lines: String) {
        guard !lock.withLock({ _ in output(lines) }) else { return }
        dropped.add(lines.utf8.count { $0 == 10 }, ordering: .relaxed)
    }

    /// Lines dropped because the pipe was full.
    public var droppedLines: Int { dropped.load(ordering: .relaxed) }

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

    /// One event, one line: control characters don't leave as such.
    private static func quoted(_ text: String) -> String {
        var out = ByteBuffer()
        out.append(quoted: text)
        return String(decoding: out.readable, as: UTF8.self)
    }

    /// One write(2). If nobody reads, the pipe fills: lines are dropped then, and the service goes
    /// on.
    public static let standardError: @Sendable (String) -> Bool = { line in
        let descriptor = errorDescriptor
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // A pipe that is writable takes PIPE_BUF (4,096) bytes at once (pipe(7)).
        guard poll(&state, 1, 0) == 1, state.revents & Int16(POLLOUT) != 0 else {
            return false
        }
        let bytes = line.utf8.count <= 4_096 ? Array(line.utf8) : line.utf8.prefix(4_095) + [10]
        return bytes.withUnsafeBytes {
            Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count
        }
    }

    /// Of a pipe that others write too, a description of our own that never waits: between poll
    /// and write another may have taken the room. The shared one stays as it is, for them.
    private static let errorDescriptor: Int32 = {
        var kind = stat()
        guard fstat(STDERR_FILENO, &kind) == 0, kind.st_mode & S_IFMT == S_IFIFO else {
            return STDERR_FILENO
        }
        let own = open("/proc/self/fd/\(STDERR_FILENO)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        return own < 0 ? STDERR_FILENO : own
    }()
}
