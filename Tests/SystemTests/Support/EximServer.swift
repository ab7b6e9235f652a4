import Foundation
import Glibc
import TestSupport
import Testing

/// Debian's own mail server, Exim, on a free port. It takes mails over TLS from who has logged in,
/// stores each in a file and refuses addresses at `refused.example`. It is stopped with this value.
final class EximServer: @unchecked Sendable {  // started and stopped by one test
    static let reason: Comment =
        "deploy/test installs exim4-daemon-light, for root and without an init, and .build/venv"
    /// Exim accepts another configuration only from root.
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: executable) && geteuid() == 0
            && MailSink.isInstalled
    }
    private static let executable = "/usr/sbin/exim4"
    /// Of the only user, ada@example.com.
    static let password = "pa:ss w%rd"

    let port: UInt16
    private let folder: TemporaryFolder
    private let process = Process()

    init() async throws {
        folder = try TemporaryFolder()
        port = Ports.next()
        try Self.configuration(folder.path, port).write(
            toFile: folder.path + "/exim.conf", atomically: true, encoding: .utf8)
        try await Self.makeCertificate(folder.path)
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

    /// The URL, without the scheme.
    /// - Parameter password: percent-encoded.
    func address(password: String = "pa%3Ass%20w%25rd") -> String {
        "ada%40example.com:\(password)@127.0.0.1:\(port)"
    }

    /// The certificate to trust.
    var certificate: String { folder.path + "/exim.pem" }

    private static func makeCertificate(_ folder: String) async throws {
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: Venv.folder + "python")
        maker.arguments = [
            Venv.root + "/deploy/lib/certificates.py", folder, "exim", "127.0.0.1",
        ]
        try maker.run()
        try await blocking { maker.waitUntilExit() }
        // Read by Exim's user.
        chmod(folder + "/exim.key", 0o644)
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
        tls_advertise_hosts = *
        tls_certificate = \(folder)/exim.pem
        tls_privatekey = \(folder)/exim.key
        acl_smtp_rcpt = rcpt
        begin acl
        rcpt:
          deny domains = refused.example
               message = 5.1.1 nobody here
          accept authenticated = *
                 encrypted = *
          deny
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_advertise_condition = ${if def:tls_in_cipher}
          server_prompts = :
          server_condition = ${if and{{eq{$auth2}{ada@example.com}}{eq{$auth3}{\(password)}}}}
          server_set_id = $auth2
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
