import Foundation
import Glibc
import TestSupport
import Testing

/// Debian's own mail server, Exim, on a free port. It stores each mail in a file and refuses
/// addresses at `refused.example`. It is stopped with this value.
final class EximServer: @unchecked Sendable {  // started and stopped by one test
    static let reason: Comment =
        "deploy/test installs exim4-daemon-light, for root and without an init"
    /// Exim accepts another configuration only from root.
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: executable) && geteuid() == 0
    }
    private static let executable = "/usr/sbin/exim4"

    let port: UInt16
    private let folder: TemporaryFolder
    private let process = Process()

    init() async throws {
        folder = try TemporaryFolder()
        port = Ports.next()
        try Self.configuration(folder.path, port).write(
            toFile: folder.path + "/exim.conf", atomically: true, encoding: .utf8)
        // Exim runs as its own user.
        for name in ["", "/mail", "/spool", "/log"] {
            let path = folder.path + name
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            chmod(path, name.isEmpty ? 0o755 : 0o777)
        }
        process.executableURL = URL(fileURLWithPath: Self.executable)
        process.arguments = ["-C", folder.path + "/exim.conf", "-bdf"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let port = port
        let isReady = await eventually(within: 10_000) {
            (try? await blocking { try RawClient(port: port).receive(through: "220") }) != nil
        }
        try #require(isReady, "exim does not start")
    }

    deinit {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The stored mails.
    var mails: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/mail"))
        return (names ?? []).filter { $0.hasPrefix("q") }.compactMap {
            try? String(contentsOfFile: "\(folder.path)/mail/\($0)", encoding: .utf8)
        }
    }

    private static func configuration(_ folder: String, _ port: UInt16) -> String {
        """
        primary_hostname = mx.example
        spool_directory = \(folder)/spool
        log_file_path = \(folder)/log/%slog
        pid_file_path = \(folder)/spool/exim.pid
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = \(port)
        tls_advertise_hosts =
        acl_smtp_rcpt = rcpt
        begin acl
        rcpt:
          deny domains = refused.example
               message = 5.1.1 nobody here
          accept
        begin routers
        all:
          driver = accept
          transport = file
        begin transports
        file:
          driver = appendfile
          directory = \(folder)/mail
          user = Debian-exim
          group = Debian-exim

        """
    }
}
