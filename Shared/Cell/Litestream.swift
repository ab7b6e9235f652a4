import FoundationEssentials
import Glibc
import ObjectStorage
import ServiceKit

/// The processes of Litestream on this machine: one that replicates, or one for each database that
/// follows.
final class Litestream {
    private let settings: CellSettings
    private let environment: [String]
    private var replicating: Child?
    private var following: [String: Child] = [:]

    var socket: String { "\(settings.folder)/litestream.sock" }

    init(_ settings: CellSettings, path: String, more: [String]) {
        self.settings = settings
        environment =
            [
                "PATH=\(path)", "LITESTREAM_ACCESS_KEY_ID=\(settings.bucket.accessKeyId)",
                "LITESTREAM_SECRET_ACCESS_KEY=\(settings.bucket.secretAccessKey)",
            ] + more
    }

    /// Copies what the databases of this machine commit to the bucket, in a reign of ours.
    func replicate(in reign: UInt64) throws {
        guard replicating?.isRunning != true else { return }
        unlink(socket)
        let file = try configure(reign)
        replicating = Child(
            [settings.litestream, "replicate", "-config", file], environment: environment)
    }

    /// Whether it can be asked.
    var isReplicating: Bool { replicating?.isRunning == true && access(socket, F_OK) == 0 }

    var isRunning: Bool { replicating?.isRunning == true }

    /// - Parameter finishing: uploads what is committed before.
    func stopReplicating(finishing: Bool) {
        replicating?.stop(finishing ? SIGTERM : SIGKILL)
        replicating = nil
    }

    /// Copies what another machine commits to this one.
    func follow(_ copy: DatabaseCopy, in reign: UInt64) throws {
        let file = try configure(reign)
        following[copy.path] = Child(
            [
                settings.litestream, "restore", "-f", "-follow-interval",
                "\(settings.followInterval)ms", "-config", file, copy.path,
            ], environment: environment)
    }

    func isFollowing(_ copy: DatabaseCopy) -> Bool { following[copy.path]?.isRunning == true }

    /// It ends by itself, soon.
    func askToStopFollowing(_ copy: DatabaseCopy) { following[copy.path]?.signal(SIGTERM) }

    func stopFollowing(_ copy: DatabaseCopy) {
        following[copy.path]?.stop(SIGTERM)
        following[copy.path] = nil
    }

    /// Makes a whole copy of what the bucket has.
    /// - Returns: nil if it can't be started.
    func restore(_ copy: DatabaseCopy, in reign: UInt64) throws -> Child? {
        Child(
            [settings.litestream, "restore", "-config", try configure(reign), copy.path],
            environment: environment)
    }

    /// Writes its configuration. The credentials are in its environment.
    private func configure(_ reign: UInt64) throws -> String {
        let file = "\(settings.folder)/litestream-\(reign).yml"
        var text = """
            logging: {level: warn, type: \(settings.logFormat == .json ? "json" : "text")}
            socket: {enabled: true, path: "\(socket)", permissions: 0600}
            dbs:

            """
        for copy in settings.databases {
            text += """
                  - path: "\(copy.path)"
                    replica:
                      type: s3
                      endpoint: "\(settings.bucket.endpoint)"
                      bucket: "\(settings.bucket.bucket)"
                      region: "\(settings.bucket.region)"
                      force-path-style: true
                      path: "\(settings.name)/\(reign)/\(copy.name)"

                """
        }
        // Others that start now read it whole.
        try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
        return file
    }
}
