import Foundation
import Glibc
import ObjectStorage
import TestSupport
import Testing

/// Storage that speaks S3 and checks signatures and policies, made by others: moto, in the virtual
/// environment of deploy/test. On free ports; it ends with this value.
final class MotoServer: @unchecked Sendable {  // used by one test at a time
    static let reason: Comment = "deploy/test installs moto into .build/venv"
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: root + "/.build/venv/bin/moto_server")
    }

    /// What its users may do; see deploy/lib/storage.py.
    enum User: String {
        case admin, good
        /// May not delete.
        case keeper
        /// May not read.
        case blind
        /// May not write.
        case reader
    }

    private let folder: TemporaryFolder
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var ready = JSONValue.null

    var endpoint: String { "http://127.0.0.1:\(number("port"))" }
    /// With a certificate for `storage.example` and 127.0.0.1 that nobody trusts.
    var secureEndpoint: String { "https://127.0.0.1:\(number("tlsPort"))" }
    /// The same server by a name that the certificate is not for.
    var otherSecureEndpoint: String { "https://localhost:\(number("tlsPort"))" }
    /// A file of that certificate.
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
        // It was started with the signals blocked that threads of tasks block; this one can't be.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The access key of a user.
    func key(_ user: User) -> (id: String, secret: String) {
        let key = ready["users"]?[user.rawValue]
        return (key?["id"]?.string ?? "", key?["secret"]?.string ?? "")
    }

    /// The bucket as a user has it; what is nil is as it should be.
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
