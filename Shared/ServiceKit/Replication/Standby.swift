import CLinux
import EventLoop
import Glibc
import HTTPCore
import HTTPServer
import Kernel

/// A service of a machine that doesn't hold its cell's lease: its ports respond, with 503 to
/// everything but /healthz and /metrics.
struct Standby {
    private static let pollMilliseconds = 20

    /// Of the lease.
    private let path: String
    private let servers: [APIServer]

    /// Nil if the process belongs to no cell.
    /// - Parameter more: ports on which the service listens besides its own.
    init?(_ common: CommonSettings, _ more: [UInt16], _ runtime: Runtime) async throws {
        guard let folder = common.replication.cell else { return nil }
        path = "\(folder)/lease"
        let options = common.server
        var runtime = runtime
        runtime.term = CellTerm.none
        // Without a check that logs: it may be asked often, and it is no failure.
        let health = Health([], logger: runtime.logger, in: CellTerm.none) { _ in }
        var servers: [APIServer] = []
        for port in [options.port] + more {
            var options = options
            options.port = port
            // The gateway's own port is the public one.
            let isPublic = !more.isEmpty && servers.isEmpty
            let server = try await APIServer(
                isPublic ? [Health.alive] : health.routes, options: options, runtime: runtime
            ) { NoUsers() }
            health.observe(server)
            servers.append(server)
        }
        self.servers = servers
    }

    /// Returns when a reign begins on this machine; nil if the process is to end before.
    func wait(until isEnding: () -> Bool) async -> CellTerm? {
        var lease: CellLease?
        while true {
            if isEnding() { return nil }
            // The agent can start later.
            lease = lease ?? (try? CellLease(path))
            if let lease, let term = CellTerm(lease) { return term }
            try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
    }

    /// Frees the ports for the service itself.
    func end() async {
        for server in servers { await server.drain(milliseconds: 50) }
    }

    /// Starts the process anew when the term is over, at once: whatever it has begun can't be
    /// acknowledged any more, and its database is replaced. Never returns otherwise.
    static func restart(after term: CellTerm, _ logger: Logger) {
        onDetachedThread {
            while !term.isOver { usleep(UInt32(pollMilliseconds) * 1_000) }
            logger.warning("the cell's lease has ended: starting anew as a standby")
            restart()
            _exit(1)
        }
    }

    /// Starts the process anew after a while. Returns only if it fails.
    static func restart(afterMilliseconds pause: Int) async {
        try? await Task.sleep(for: .milliseconds(pause))
        restart()
    }

    /// Returns only if it fails.
    private static func restart() {
        // No connection and no lock is inherited, and no signal stays blocked.
        latchkey_close_on_exec(STDERR_FILENO + 1)
        var signals = sigset_t()
        sigemptyset(&signals)
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        execv("/proc/self/exe", &arguments)
    }
}

/// For servers whose routes are open to all.
public final class NoUsers: Authenticator {
    public init() {}

    /// Always throws.
    public func user(_ head: RequestHead) throws(Fault) -> any Session {
        throw Fault(.unauthenticated)
    }

    /// Always throws.
    public func again(_ head: RequestHead, _ session: any Session) throws(Fault) -> any Session {
        throw Fault(.unauthenticated)
    }

    /// Always throws.
    public func service(_ head: RequestHead) throws(Fault) { throw Fault(.unauthenticated) }
}
