import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// A receiver of webhooks that verifies them with the reference library of Standard Webhooks, in
/// the virtual environment of deploy/test, on free ports. It is stopped with this value.
final class WebhookReceiver: @unchecked Sendable {  // started and stopped by one test
    static let reason: Comment = "deploy/test installs standardwebhooks into .build/venv"
    static var isInstalled: Bool { Venv.has("standardwebhooks") }

    /// A received message.
    struct Message: Sendable {
        let path: String
        let id: String
        let isVerified: Bool
        let host: String
        let body: JSONValue
        /// Counts those of the receiver.
        let connection: Int?
        /// Whether the connection resumed a TLS session.
        let isResumed: Bool

        var type: String? { body["type"]?.string }
        var sequence: Int? { body["sequence"]?.int }
    }

    private let folder: TemporaryFolder
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var ready = JSONValue.null
    private let state = Mutex<[Message]>([])
    private let secrets = Atomic(0)

    /// In order of arrival.
    var messages: [Message] { state.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(ready["http"]?.int ?? 0)" }
    /// The file of the certificates of all its TLS addresses.
    var certificates: String { ready["certificates"]?.string ?? "" }

    /// - Parameter certificate: `good`, `expired`, or for an `other` host.
    func secureURL(_ certificate: String = "good") -> String {
        "https://127.0.0.1:\(ready["https"]?[certificate]?.int ?? 0)"
    }

    init() async throws {
        folder = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: Venv.folder + "python")
        process.arguments = [Venv.root + "/deploy/lib/webhook_receiver.py", folder.path]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let first = try await blocking { [self] in line() }
        ready = try #require(first, "the receiver does not start")
        onThread { [weak self] in
            while let line = self?.line() { self?.note(line) }
        }
    }

    deinit { stop() }

    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Verifies messages with this secret from now on.
    func trust(_ secret: String) async throws {
        let before = secrets.load(ordering: .relaxed)
        try say("secret \(secret)")
        try #require(await eventually { secrets.load(ordering: .relaxed) > before })
    }

    /// Whether it responds 503 to everything.
    func setDown(_ isDown: Bool) throws { try say(isDown ? "down" : "up") }

    private func say(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    private func note(_ line: JSONValue) {
        if let count = line["secrets"]?.int { return secrets.store(count, ordering: .relaxed) }
        let message = Message(
            path: line["path"]?.string ?? "", id: line["id"]?.string ?? "",
            isVerified: line["verified"]?.bool ?? false, host: line["host"]?.string ?? "",
            body: JSONValue(Array((line["body"]?.string ?? "").utf8)) ?? .null,
            connection: line["connection"]?.int, isResumed: line["resumed"]?.bool ?? false)
        state.withLock { $0.append(message) }
    }

    /// nil at the end.
    private func line() -> JSONValue? {
        var bytes: [UInt8] = []
        while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first {
            if byte == 10 { return JSONValue(bytes) }
            bytes.append(byte)
        }
        return nil
    }
}
