import Foundation
import Glibc
import TestSupport
import Testing

/// A third-party mail server: aiosmtpd, in the virtual environment of deploy/test, on a free port.
/// It is stopped with this value.
final class MailSink: @unchecked Sendable {  // used by one test at a time
    static let reason: Comment = "deploy/test installs aiosmtpd into .build/venv"
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: Venv.folder + "aiosmtpd")
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private(set) var port: UInt16 = 0

    init() async throws {
        process.executableURL = URL(fileURLWithPath: Venv.folder + "python")
        process.arguments = [Venv.root + "/deploy/lib/mail_sink.py"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let ready = try #require(try await line(), "aiosmtpd does not start")
        port = try #require(ready["port"]?.int.flatMap { UInt16(exactly: $0) })
    }

    deinit {
        guard process.isRunning else { return }
        // As with storage: all signals but this one are blocked in the process.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// All mails so far, as Python's email package reads them; see deploy/lib/mail_sink.py.
    func mails() async throws -> [JSONValue] { try await ask("mails").items }

    func count() async throws -> Int { try await ask("count").int ?? 0 }

    /// Cuts all connections.
    func drop() async throws { _ = try await ask("drop") }

    private func ask(_ word: String) async throws -> JSONValue {
        try input.fileHandleForWriting.write(contentsOf: Data("\(word)\n".utf8))
        return try #require(try await line())
    }

    private func line() async throws -> JSONValue? {
        try await blocking { [output] in
            var bytes: [UInt8] = []
            while let more = try? output.fileHandleForReading.read(upToCount: 1), !more.isEmpty {
                if more[0] == 10 { return JSONValue(bytes) }
                bytes.append(more[0])
            }
            return nil
        }
    }
}
