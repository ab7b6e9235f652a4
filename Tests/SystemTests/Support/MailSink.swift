import Foundation
import Glibc
import TestSupport
import Testing

/// Third-party mail servers: aiosmtpd, in the virtual environment of deploy/test, on free ports.
/// They are stopped with this value.
final class MailSink: @unchecked Sendable {  // used by one test at a time
    static let reason: Comment = "deploy/test installs aiosmtpd into .build/venv"
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: Venv.folder + "aiosmtpd")
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let folder: TemporaryFolder
    private var ready = JSONValue.null
    /// Of the one without TLS and login.
    var port: UInt16 { port("port") }
    /// The file of all its certificates.
    var certificates: String { ready["certificates"]?.string ?? "" }

    /// The URL of a server that demands TLS and a login, without the scheme; see
    /// deploy/lib/mail_sink.py.
    /// - Parameters:
    ///   - kind: `starttls`, `tls` or `prompts`.
    ///   - certificate: `good`, `expired`, for an `other` host, `named` localhost, or `old` TLS.
    func address(
        _ kind: String, _ certificate: String? = nil, password: String = "pa:ss%20w%25rd",
        host: String = "127.0.0.1"
    ) -> String {
        "ada%40example.com:\(password)@\(host):\(port(kind, certificate))"
    }

    private func port(_ kind: String, _ certificate: String? = nil) -> UInt16 {
        let found = ready[kind]
        return (certificate.flatMap { found?[$0] } ?? found)?.int.flatMap {
            UInt16(exactly: $0)
        } ?? 0
    }

    init() async throws {
        folder = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: Venv.folder + "python")
        process.arguments = [Venv.root + "/deploy/lib/mail_sink.py", folder.path]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        ready = try #require(try await line(), "aiosmtpd does not start")
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

    /// Mechanism and whether there was TLS, of each attempt.
    func logins() async throws -> [String] {
        try await ask("logins").items.map {
            "\($0.items.first?.string ?? "") \($0.items.last?.bool == true ? "TLS" : "plain")"
        }
    }

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
