import CLinux
import Glibc

/// A short-lived process. It inherits no descriptor but its three, no environment, and no signal
/// that was blocked.
public enum ChildProcess {
    /// Starts `executable`, gives it `input`, and waits for what it says. Blocks, until `end` at
    /// the latest: then it is killed.
    /// - Parameters:
    ///   - executable: a path.
    ///   - input: less than a pipe holds (64 KiB).
    ///   - enough: when it has said what counts. What it says beyond `maximumOutput` is cut off
    ///     then; otherwise saying more is a failure.
    public static func run(
        _ executable: String, _ arguments: [String], input: [UInt8], until end: Ticks,
        maximumOutput: Int = 65_536, enough: Enough? = nil
    ) -> Outcome {
        guard let stdin = Pipe(), let stdout = Pipe() else { return .failed }
        guard
            let child = start(
                executable, arguments, reading: stdin.readEnd, writing: stdout.writeEnd)
        else { return .failed }
        stdin.closeReadEnd()
        stdout.closeWriteEnd()
        let isSent = input.withUnsafeBytes { write(stdin.writeEnd, $0.baseAddress, $0.count) }
        stdin.closeWriteEnd()
        let outcome =
            isSent == input.count
            ? read(stdout.readEnd, maximumOutput, until: end, enough) : .failed
        // It has said all, or it is late: either way nothing of it is waited for.
        kill(child, SIGKILL)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return outcome
    }

    /// How a process ended.
    public enum Outcome: Sendable, Equatable {
        case said([UInt8])
        /// It could not be started, or it died.
        case failed
        /// It has written this, and was still running at the deadline.
        case late([UInt8])
    }

    /// Ends reading before the process ends.
    public struct Enough {
        /// How long the process then has to end by itself.
        let milliseconds: Int
        /// Called with the whole output so far, whenever there is more.
        let isSaid: ([UInt8]) -> Bool

        public init(milliseconds: Int, _ isSaid: @escaping ([UInt8]) -> Bool) {
            self.milliseconds = milliseconds
            self.isSaid = isSaid
        }
    }

    private static func start(
        _ executable: String, _ arguments: [String], reading stdin: Int32, writing stdout: Int32
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard posix_spawnattr_init(&attributes) == 0 else { return nil }
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawn_file_actions_adddup2(&actions, stdin, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, stdout, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        guard latchkey_close_from(&actions, STDERR_FILENO + 1) == 0 else { return nil }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var texts: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
        texts.append(nil)
        // A crash is one result among others: no core dump, which would take seconds.
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("SWIFT_BACKTRACE=enable=no"), nil,
        ]
        defer { for text in texts + environment { free(text) } }
        var child: pid_t = 0
        let code = posix_spawn(
            &child, executable, &actions, &attributes, &texts, &environment)
        return code == 0 ? child : nil
    }

    /// What comes until the other end is closed, or nothing more of it counts.
    private static func read(
        _ descriptor: Int32, _ maximum: Int, until end: Ticks, _ enough: Enough?
    ) -> Outcome {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var (end, isEnough) = (end, false)
        while output.count <= maximum {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = Ticks.now.milliseconds(until: end)
            let ready = left > 0 ? poll(&wanted, 1, Int32(clamping: left)) : 0
            if ready < 0, errno == EINTR { continue }
            guard ready >= 0 else { return .failed }
            if ready == 0 { return isEnough ? .said(output) : .late(output) }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 && !output.isEmpty ? .said(output) : .failed }
            output += buffer[..<count]
            if let enough, !isEnough, enough.isSaid(output) {
                isEnough = true
                end = Ticks.now.adding(milliseconds: enough.milliseconds)
            }
        }
        return enough == nil ? .failed : .said(output)
    }
}

/// A pipe whose ends are closed when they are no longer needed, and at the end.
private final class Pipe {
    private(set) var readEnd: Int32
    private(set) var writeEnd: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard latchkey_pipe(&ends) == 0 else { return nil }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        closeReadEnd()
        closeWriteEnd()
    }

    func closeReadEnd() {
        if readEnd >= 0 { close(readEnd) }
        readEnd = -1
    }

    func closeWriteEnd() {
        if writeEnd >= 0 { close(writeEnd) }
        writeEnd = -1
    }
}
