import EventLoop
import FoundationEssentials
import Glibc
import HTTPServer
import Kernel
import Synchronization
import Tracing
import WriteKit

/// The life of an executable: arguments, configuration, start, signals, stop.
public enum ServiceProcess {
    /// EX_CONFIG of sysexits.h.
    private static let configurationMistake: Int32 = 78

    /// Runs a service until SIGINT or SIGTERM.
    /// - Parameters:
    ///   - configure: asks for the variables; what it makes is used if there was no mistake.
    ///   - healthPort: the setting and default of the port with `/readyz`, where that isn't the
    ///     public one.
    ///   - data: the service's database.
    ///   - commands: arguments that print a line and end, besides --help and --version.
    ///   - ports: on which it listens besides LATCHKEY_PORT.
    ///   - sealed: what the service stores sealed, and with which secrets; nil for nothing.
    ///   - start: returns when requests are being served.
    public static func run<Configuration>(
        _ name: String, _ summary: String, defaultPort: UInt16,
        healthPort: (setting: String, standard: UInt16)? = nil, data: ServiceData,
        commands: [String: () -> String] = [:],
        configure: (inout Settings, CommonSettings) -> Configuration,
        ports: (Configuration) -> [UInt16] = { _ in [] },
        sealed: ((Configuration) -> (SealedInventory, SecretList))? = nil,
        start: (Configuration, Runtime) async throws -> any RunningService
    ) async -> Never {
        PrivateFiles.begin()
        let signals = TerminationSignals()
        var settings = Settings(ProcessInfo.processInfo.environment)
        let common = CommonSettings(&settings, defaultPort: defaultPort)
        if CommandLine.arguments.dropFirst().first == "--healthy" {
            let port = healthPort.map {
                settings.port($0.setting, default: $0.standard, "Port of /readyz")
            }
            await answerHealth(name, host: common.server.host, port ?? common.server.port)
        }
        let configuration = configure(&settings, common)
        for pair in common.keys.missing(for: name) {
            settings.reject("LATCHKEY_INTERNAL_KEYS", "must have the key \(pair)")
        }
        await handle(BackupCommands(name: name, data: data, folder: common.dataDirectory))
        answerArguments(name, summary, settings, common, commands)
        guard settings.mistakes.isEmpty else {
            for mistake in settings.mistakes { output("\(name): \(mistake)\n", STDERR_FILENO) }
            exit(configurationMistake)
        }
        if CommandLine.arguments.dropFirst().first == "--sealed" {
            reportSealed(name, sealed?(configuration), common)
        }
        raiseFileLimit()
        let logger = Logger(service: name, level: common.logLevel, format: common.logFormat)
        let loops = common.loops == 0 ? EventLoopGroup.coreCount : common.loops
        let group = EventLoopGroup(count: loops, spin: common.spin)
        let tracer = Tracer(name, common, logger, on: group)
        var runtime = Runtime(
            group: group, logger: logger, tracer: tracer, bodies: common.bodies,
            faults: common.faults, restartPatience: common.restartPatience)
        let received = Received(signals)
        let service: any RunningService
        do {
            let standby = try await Standby(common, ports(configuration), runtime)
            if let standby {
                guard let term = await standby.wait(until: { received.hasCome }) else { _exit(0) }
                runtime.term = term
                await standby.end()
            }
            service = try await start(configuration, runtime)
        } catch {
            logger.error("can't start", ["error": "\(error)"])
            // The cell's storage may be away.
            if runtime.term != nil { await Standby.restart(afterMilliseconds: 1_000) }
            exit(1)
        }
        if let term = runtime.term { Standby.restart(after: term, logger) }
        logger.info("listening", ["port": "\(service.port)", "version": Version.text])
        let signal = await received.signal
        logger.info("stopping", ["signal": "\(signal)"])
        await service.stop()
        await tracer.stop()
        logger.info("stopped")
        // Everything is on disk; exit(3) would take the runtime down under threads that still run.
        _exit(0)
    }

    /// Looks at nothing but the port: a health check runs every few seconds.
    private static func answerHealth(_ name: String, host: String, _ port: UInt16) async -> Never {
        guard let failure = await HealthProbe.failure(host: host, port: port) else { _exit(0) }
        output("\(name) is not ready: \(failure)\n", STDERR_FILENO)
        _exit(1)
    }

    /// Ends the process if its arguments are a command for the database.
    private static func handle(_ commands: BackupCommands) async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let (code, text) = await commands.run(arguments) else { return }
        output("\(commands.name): \(text)\n", code == 0 ? STDOUT_FILENO : STDERR_FILENO)
        exit(code)
    }

    private static func answerArguments(
        _ name: String, _ summary: String, _ settings: Settings, _ common: CommonSettings,
        _ commands: [String: () -> String]
    ) {
        guard let argument = CommandLine.arguments.dropFirst().first else { return }
        switch argument {
        case "--version": output("\(name) \(Version.text)\n", STDOUT_FILENO)
        case "--help": output(help(name, summary, settings), STDOUT_FILENO)
        case "--derive-keys":
            let mistakes = settings.mistakes.filter { $0.hasPrefix("LATCHKEY_INTERNAL_SECRET") }
            guard common.internalSecrets != nil, mistakes.isEmpty else {
                for mistake in mistakes { output("\(name): \(mistake)\n", STDERR_FILENO) }
                output("\(name): --derive-keys needs LATCHKEY_INTERNAL_SECRET\n", STDERR_FILENO)
                exit(configurationMistake)
            }
            output(common.keys.text(for: name), STDOUT_FILENO)
        case "--sealed": return  // It needs valid settings.
        default:
            guard let command = commands[argument] else {
                let known =
                    ["--help", "--version", "--healthy", "--derive-keys", "--sealed"]
                    + commands.keys.sorted()
                    + BackupCommands.names
                output(
                    "\(name): unknown argument; known are \(known.joined(separator: ", "))\n",
                    STDERR_FILENO)
                exit(64)  // EX_USAGE
            }
            output(command() + "\n", STDOUT_FILENO)
        }
        exit(0)
    }

    /// Which secrets stored values are sealed with: exits with 0 if all are with the first.
    private static func reportSealed(
        _ name: String, _ sealed: (SealedInventory, SecretList)?,
        _ common: CommonSettings
    ) -> Never {
        guard let (inventory, secrets) = sealed else {
            output("\(name): stores nothing sealed\n", STDOUT_FILENO)
            exit(0)
        }
        do {
            let report = try inventory.report(
                secrets, folder: common.dataDirectory, now: SystemClock().now())
            output(report.text, STDOUT_FILENO)
            exit(report.isSettled ? 0 : 1)
        } catch {
            output("\(name): can't read the database: \(error)\n", STDERR_FILENO)
            exit(69)  // EX_UNAVAILABLE
        }
    }

    /// Connections, files of the database and upstreams share the descriptors: as many as allowed.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static func help(_ name: String, _ summary: String, _ settings: Settings) -> String {
        settings.help(
            name, summary,
            more: """
                \n--derive-keys prints LATCHKEY_INTERNAL_KEYS for this service. --healthy exits with
                0 if the service with these settings is ready on this machine, or else with 1.

                --sealed lists how many stored values each secret of LATCHKEY_ENCRYPTION_SECRET has
                sealed, and exits with 0 if all but the first can be removed.

                Commands (deploy/backup and deploy/restore run them for all services):

                \(BackupCommands.help)
                """)
    }

    private static func output(_ text: String, _ descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// The signal that ends the process.
private final class Received: Sendable {
    private final class Arrival: Sendable {
        let hasCome = Atomic(false)
    }

    private let arrival: Arrival
    private let task: Task<Int32, Never>

    init(_ signals: TerminationSignals) {
        let arrival = Arrival()
        self.arrival = arrival
        task = Task {
            let signal = await signals.next()
            arrival.hasCome.store(true, ordering: .releasing)
            return signal
        }
    }

    var hasCome: Bool { arrival.hasCome.load(ordering: .acquiring) }
    var signal: Int32 { get async { await task.value } }
}
