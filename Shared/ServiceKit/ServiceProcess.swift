import EventLoop
import FoundationEssentials
import Glibc
import Kernel

/// The life of an executable: arguments, configuration, start, signals, stop.
public enum ServiceProcess {
    /// EX_CONFIG of sysexits.h.
    private static let configurationMistake: Int32 = 78

    /// Runs a service until SIGINT or SIGTERM.
    /// - Parameters:
    ///   - configure: asks for the variables; what it makes is used if there was no mistake.
    ///   - start: returns when requests are being served.
    @MainActor  // on the main thread, so that every other thread inherits its signal mask
    public static func run<Configuration>(
        _ name: String, _ summary: String, defaultPort: UInt16,
        configure: (inout Settings, CommonSettings) -> Configuration,
        start: (Configuration, Runtime) async throws -> any RunningService
    ) async -> Never {
        // Blocked before any thread starts, so that only the one that waits for them gets them.
        let signals = Signals()
        var settings = Settings(ProcessInfo.processInfo.environment)
        let common = CommonSettings(&settings, defaultPort: defaultPort)
        let configuration = configure(&settings, common)
        answerArguments(name, summary, settings)
        guard settings.mistakes.isEmpty else {
            for mistake in settings.mistakes { say("\(name): \(mistake)\n", STDERR_FILENO) }
            exit(configurationMistake)
        }
        let logger = Logger(service: name, level: common.logLevel, format: common.logFormat)
        let loops = common.loops == 0 ? EventLoopGroup.coreCount : common.loops
        let runtime = Runtime(group: EventLoopGroup(count: loops), logger: logger)
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
        logger.info("stopped")
        exit(0)
    }

    private static func answerArguments(_ name: String, _ summary: String, _ settings: Settings) {
        switch CommandLine.arguments.dropFirst().first {
        case nil: return
        case "--version": say("\(name) \(Version.text)\n", STDOUT_FILENO)
        case "--help": say(help(name, summary, settings), STDOUT_FILENO)
        default:
            say("\(name): takes no arguments but --help and --version\n", STDERR_FILENO)
            exit(64)  // EX_USAGE
        }
        exit(0)
    }

    private static func help(_ name: String, _ summary: String, _ settings: Settings) -> String {
        var text = """
            \(name): \(summary)

            Configured by environment variables alone. Each also as <name>_FILE, which names a file
            that holds the value.


            """
        for entry in settings.entries {
            let fallback = entry.fallback.isEmpty ? "" : " [\(entry.fallback)]"
            text += "  \(entry.name)\(fallback)\n      \(entry.meaning)\n"
        }
        return text
    }

    private static func say(_ text: String, _ descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// SIGINT and SIGTERM, taken by a thread that waits for them.
private final class Signals: Sendable {
    init() {
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A client that is gone must not end the process.
        signal(SIGPIPE, SIG_IGN)
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        return set
    }

    /// The next signal. A second one, while the first is being obeyed, ends the process at once.
    func next() async -> Int32 {
        await withCheckedContinuation { continuation in
            let thread = Thread(continuation)
            var id = pthread_t()
            pthread_create(
                &id, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Thread>.fromOpaque(argument).takeRetainedValue().wait()
                    return nil
                }, Unmanaged.passRetained(thread).toOpaque())
            pthread_detach(id)
        }
    }

    private final class Thread: Sendable {
        private let continuation: CheckedContinuation<Int32, Never>

        init(_ continuation: CheckedContinuation<Int32, Never>) { self.continuation = continuation }

        func wait() {
            var set = Signals.set
            var number: Int32 = 0
            sigwait(&set, &number)
            continuation.resume(returning: number)
            sigwait(&set, &number)
            _exit(128 + number)
        }
    }
}
