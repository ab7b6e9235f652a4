import Foundation
import Glibc
import ObjectStorage
import TestSupport
import Testing

/// A third-party S3 storage that checks signatures and policies: moto, in the virtual environment
/// of deploy/test, on free ports. It is stopped with this value.
final class MotoServer: @unchecked Sendable {  // used by one test at a time
    static let reason: Comment = "deploy/test installs moto into .build/venv"
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: root + "/.build/venv/bin/moto_server")
    }

    /// The permissions of its users; see deploy/lib/storage.py.
    enum User: String {
        case admin, good
        /// Can't delete.
        case keeper
        /// Can't read.
        case blind
        /// Can't write.
        case reader
    }

    private let folder: TemporaryFolder
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var ready = JSONValue.null

    var endpoint: String { "http://127.0.0.1:\(number("port"))" }
    /// With an untrusted certificate for `storage.example` and 127.0.0.1.
    var secureEndpoint: String { "https://127.0.0.1:\(number("tlsPort"))" }
    /// The same server under a name that isn't in the certificate.
    var otherSecureEndpoint: String { "https://localhost:\(number("tlsPort"))" }
    /// The file of that certificate.
    var certificate: String { ready["certificate"]?.string ?? "" }
    var bucket: String { ready["bucket"]?.string ?? "" }
    var region: String { ready["region"]?.string ?? "" }

    init() async throws {
        folder = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: Self.root + "/.build/venv/bin/python")
        process.arguments = [Self.root + "/deploy/lib/storage.py", folder.path]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        ready = try #require(try await line(), "moto does not start")
    }

    deinit { stop() }

    func stop() {
        guard process.isRunning else { return }
        // The process inherits the blocked signals of task threads; this signal can't be blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The access key of a user.
    func key(_ user: User) -> (id: String, secret: String) {
        let key = ready["users"]?[user.rawValue]
        return (key?["id"]?.string ?? "", key?["secret"]?.string ?? "")
    }

    /// The bucket with a user's credentials; nil stands for the valid value.
    func bucket(
        as user: User, endpoint: String? = nil, bucket: String? = nil, id: String? = nil,
        secret: String? = nil
    ) -> S3Bucket {
        S3Bucket(
            endpoint: endpoint ?? self.endpoint, bucket: bucket ?? self.bucket, region: region,
            accessKeyId: id ?? key(user).id, secretAccessKey: secret ?? key(user).secret)
    }

    /// The names of all objects in the bucket.
    func objects() async throws -> [String] {
        try input.fileHandleForWriting.write(contentsOf: Data("\(bucket)\n".utf8))
        return try #require(try await line()).items.compactMap(\.string)
    }

    private func number(_ name: String) -> Int { ready[name]?.int ?? 0 }

    private func line() async throws -> JSONValue? {
        try await blocking { [output] in
            var bytes: [UInt8] = []
            while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10
            {
                bytes.append(byte)
            }
            return JSONValue(bytes)
        }
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}
