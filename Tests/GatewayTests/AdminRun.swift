import Kernel
import Synchronization
import TestSupport

@testable import Gateway

/// What a run of `gateway admin` printed.
struct AdminRun: Sendable {
    let exit: AdminExit
    let output: String
    let errors: String

    /// The lines of the output.
    var lines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: true) }
    var json: JSONValue? { JSONValue(Array(output.utf8)) }

    /// Runs a command.
    /// - Parameters:
    ///   - input: the standard input.
    ///   - takes: bytes that the output takes; nil for any number.
    static func run(
        _ arguments: [String], _ environment: [String: String], clock: any Clock = FakeClock(),
        input: String? = nil, takes: Int? = nil
    ) async -> AdminRun {
        let written = Written(limit: takes ?? .max)
        let said = Written(limit: .max)
        let tool = AdminTool(
            environment: environment, clock: clock,
            input: { path in path == "-" ? input.map { Array($0.utf8) } : nil },
            output: written.take, errors: said.take)
        let exit = await tool.run(arguments)
        return AdminRun(exit: exit, output: written.text, errors: said.text)
    }

    private final class Written: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        private let limit: Int

        init(limit: Int) { self.limit = limit }

        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

        func take(_ more: [UInt8]) -> Bool {
            bytes.withLock {
                guard $0.count + more.count <= limit else { return false }
                $0 += more
                return true
            }
        }
    }
}

extension GatewayWorld {
    /// What the commands need to reach this gateway.
    func environment(secret: String = internalSecret) -> [String: String] {
        [
            "LATCHKEY_INTERNAL_PORT": "\(service.internalPort)",
            "LATCHKEY_DATA_DIR": folder.path, "LATCHKEY_INTERNAL_SECRET": secret,
            // Nobody listens there.
            "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:1",
        ]
    }

    func admin(_ arguments: String..., input: String? = nil) async -> AdminRun {
        await AdminRun.run(arguments, environment(), clock: clock, input: input)
    }
}
