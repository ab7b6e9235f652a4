import FoundationEssentials
import Glibc
import Kernel
import ServiceKit
import Synchronization

/// `gateway admin …`: finds the command, reads the settings, runs it, and says how it ended.
public struct AdminTool: Sendable {
    private let environment: [String: String]
    private let clock: any Clock
    private let input: @Sendable (_ path: String) -> [UInt8]?
    private let output: AdminOutput.Sink
    private let errors: AdminOutput.Sink

    /// - Parameter input: the content of a file, or of the standard input for `-`.
    init(
        environment: [String: String], clock: any Clock,
        input: @escaping @Sendable (_ path: String) -> [UInt8]?,
        output: @escaping AdminOutput.Sink, errors: @escaping AdminOutput.Sink
    ) {
        self.environment = environment
        self.clock = clock
        self.input = input
        self.output = output
        self.errors = errors
    }

    /// Runs a command of this process, which ends with it.
    /// - Parameter arguments: what follows `admin`.
    public static func run(_ arguments: [String]) async -> Never {
        // A pipe that nobody reads is an error of the command, not its end.
        signal(SIGPIPE, SIG_IGN)
        let tool = AdminTool(
            environment: ProcessInfo.processInfo.environment, clock: SystemClock(),
            input: { path in
                FileManager.default.contents(atPath: path == "-" ? "/dev/stdin" : path)
                    .map { Array($0) }
            }, output: AdminOutput.standard, errors: AdminOutput.standardError)
        _exit(await tool.run(arguments).rawValue)
    }

    func run(_ arguments: [String]) async -> AdminExit {
        do {
            return try await start(arguments)
        } catch let failure as AdminFailure {
            say(failure.text)
            return failure.exit
        } catch let fault as Fault {
            say(fault.fields.isEmpty ? fault.detail : fault.fields.map(\.detail).joined())
            return .data
        } catch {
            say("\(error)")
            return .software
        }
    }

    private func start(_ arguments: [String]) async throws -> AdminExit {
        let command = AdminCommand.all.first { arguments.starts(with: $0.words) }
        guard !arguments.contains("--help") else {
            let text = command.map(AdminHelp.page) ?? AdminHelp.overview(Self.group(arguments))
            return output(Array(text.utf8)) ? .ok : .ioError
        }
        guard let command else {
            let known = AdminHelp.overview(Self.group(arguments))
            _ = errors(Array(known.utf8))
            return .usage
        }
        let given = try command.parse(arguments.dropFirst(command.words.count))
        let output = AdminOutput(isJSON: given.options["--json"] != nil, output)
        let session = try AdminSession(environment, clock, input: input, notify: say)
        let call = AdminCall(
            arguments: given.arguments, options: given.options, session: session, output: output)
        let result: Result<Void, any Error>
        do {
            result = .success(try await command.run(call))
        } catch {
            result = .failure(error)
        }
        await session.close()
        // Also what was found before something failed.
        try output.flush()
        try result.get()
        return .ok
    }

    /// The first word of some commands; nil for none.
    private static func group(_ arguments: [String]) -> String? {
        arguments.first.flatMap { word in
            AdminCommand.all.contains { $0.words.first == word } ? word : nil
        }
    }

    private func say(_ text: String) {
        _ = errors(Array("gateway admin: \(text.shown)\n".utf8))
    }
}
