import EventLoop
import FoundationEssentials
import Glibc
import HTTPServer
import Kernel
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
    ///   - start: returns when requests are being served.
    public static func run<Configuration>(
        _ name: String, _ summary: String, defaultPort: UInt16,
        healthPort: (setting: String, standard: UInt16)? = nil, data: ServiceData,
        commands: [String: () -> String] = [:],
        configure: (inout Settings, CommonSettings) -> Configuration,
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
        raiseFileLimit()
        let logger = Logger(service: name, level: common.logLevel, format: common.logFormat)
        let loops = common.loops == 0 ? EventLoopGroup.coreCount : common.loops
        let group = EventLoopGroup(count: loops, spin: common.spin)
        let tracer = Tracer(name, common, logger, on: group)
        let runtime = Runtime(
            group: group, logger: logger, tracer: tracer, bodies: common.bodies,
            faults: common.faults)
        let service: any RunningService
        do {
            service = try await start(configuration, runtime)
        } catch {
            logger.error("can't start", ["error": "\(error)"])
            exit(1)
        }
        logger.info("listening", ["port": "\(service.port)", "version": Version.text])
        let signal = await signals.next()
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
            guard let secret = common.internalSecret, secret.count >= 32 else {
                output("\(name): --derive-keys needs LATCHKEY_INTERNAL_SECRET\n", STDERR_FILENO)
                exit(configurationMistake)
            }
            output(common.keys.text(for: name), STDOUT_FILENO)
        default:
            guard let command = commands[argument] else {
                let known =
                    ["--help", "--version", "--healthy", "--derive-keys"] + commands.keys.sorted()
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

    /// Connections, files of the database and upstreams share the descriptors: as many as allowed.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static func help(_ name: String, _ summary: String, _ settings: Settings) -> String {
        var text = """
            \(name): \(summary)

            Configured by environment variables. Set <name>_FILE to read a value from a file
            instead. --derive-keys prints LATCHKEY_INTERNAL_KEYS for this service. --healthy exits
            with 0 if the service with these settings is ready on this machine, or else with 1.

            Commands (deploy/backup and deploy/restore run them for all services):

            \(BackupCommands.help)

            """
        for entry in settings.entries {
            let fallback = entry.fallback.isEmpty ? "" : " [\(entry.fallback)]"
            text += "  \(entry.name)\(fallback)\n      \(entry.meaning)\n"
        }
        return text
    }

    private static func output(_ text: String, _ descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
    }
}
