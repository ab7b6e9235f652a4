import CLinux
import EventLoop
import FoundationEssentials
import Glibc
import HTTPServer
import Kernel
import ServiceKit
import Synchronization

/// The agent of a cell on one machine (`gateway cell`): decides with the others which of them holds
/// the cell's lease, and runs Litestream.
public enum CellProcess {
    /// EX_CONFIG of sysexits.h.
    private static let configurationMistake: Int32 = 78

    /// Runs until SIGINT or SIGTERM.
    public static func run() async -> Never {
        umask(0o077)
        let signals = TerminationSignals()
        let environment = ProcessInfo.processInfo.environment
        var settings = Settings(environment)
        let cell = CellSettings(&settings)
        if CommandLine.arguments.contains("--help") {
            output(
                settings.help(
                    "gateway cell",
                    "keeps this machine's part of a cell: its lease, and Litestream"),
                STDOUT_FILENO)
            exit(0)
        }
        guard settings.mistakes.isEmpty else {
            for mistake in settings.mistakes { output("cell: \(mistake)\n", STDERR_FILENO) }
            exit(configurationMistake)
        }
        let logger = Logger(service: "cell", format: cell.logFormat)
        do {
            // It takes certificates from there.
            let more = ["SSL_CERT_FILE", "SSL_CERT_DIR"].compactMap { name in
                environment[name].map { "\(name)=\($0)" }
            }
            let agent = try CellAgent(
                cell, path: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
                environment: more, logger)
            let status = agent.status
            let server = try await serve(status, agent.restraint, cell, logger)
            let isStopping = Flag()
            let thread = AgentThread(agent, until: isStopping)
            logger.info("listening", ["port": "\(server.port)", "version": Version.text])
            let signal = await signals.next()
            logger.info("stopping", ["signal": "\(signal)"])
            isStopping.set()
            await thread.end()
            await server.drain(milliseconds: 500)
        } catch {
            logger.error("can't start", ["error": "\(error)"])
            exit(1)
        }
        _exit(0)
    }

    private static func serve(
        _ status: StatusBoard, _ restraint: Restraint, _ cell: CellSettings, _ logger: Logger
    ) async throws -> APIServer {
        let runtime = Runtime(group: EventLoopGroup(count: 1), logger: logger)
        let role = Health.Check("role") {
            let current = status.current
            return current.role == "holder" ? nil : "standby in reign \(current.reign)"
        }
        let health = Health([role], logger: logger) { text in
            let current = status.current
            text.gauge(
                "latchkey_cell_is_holder", "1 if this machine holds the cell's lease.",
                current.role == "holder" ? 1 : 0)
            text.gauge(
                "latchkey_cell_reign", "Number of the reign, as far as known.",
                Double(current.reign))
            text.gauge(
                "latchkey_cell_has_problem", "1 while the agent can't do its work: see its log.",
                current.failure == nil ? 0 : 1)
            text.gauge(
                "latchkey_cell_promotion_seconds",
                "Duration of the last takeover, from the lease until services could start.",
                current.promotion)
            text.counter(
                "latchkey_cell_takeovers_total", "Reigns that began on this machine.",
                Double(current.takeovers))
            text.counter(
                "latchkey_cell_lost_total", "Reigns that another machine ended.",
                Double(current.lost))
        }
        var options = ServerOptions()
        options.host = cell.host
        options.port = cell.port
        let routes = health.routes + [Peers(cell).route(restraint)]
        let server = try await APIServer(routes, options: options, runtime: runtime) {
            NoUsers()
        }
        health.observe(server)
        return server
    }

    private static func output(_ text: String, _ descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// Set once, by whichever thread.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

/// The agent's thread. Its children end with it.
private final class AgentThread: Sendable {
    private let hasEnded = Flag()

    init(_ agent: sending CellAgent, until isStopping: Flag) {
        // It belongs to the thread.
        nonisolated(unsafe) let agent = agent
        onDetachedThread { [hasEnded] in
            agent.run { isStopping.isSet }
            hasEnded.set()
        }
    }

    func end() async {
        while !hasEnded.isSet { try? await Task.sleep(for: .milliseconds(20)) }
    }
}
