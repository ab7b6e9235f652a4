import Foundation
import Glibc

/// A data folder on a file system of a few megabytes. It is mounted in the process's own namespace,
/// so it disappears with the process, and no other process sees it.
struct PrivateDisk {
    /// Its path for the process.
    let path: String
    let megabytes: Int

    /// A command that creates the file system and then becomes the program whose name follows.
    var wrapper: [String] {
        [
            "unshare", "--map-root-user", "--mount", "sh", "-c",
            "mount -t tmpfs -o size=\(megabytes)m tmpfs \"$0\" && exec \"$@\"", path,
        ]
    }

    /// Whether this machine allows such namespaces.
    static let isPossible: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = PrivateDisk(path: "/tmp", megabytes: 1).wrapper + ["true"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    /// Fills the remaining space.
    func fill(of process: Int32) {
        let fd = open(ballast(process), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard fd >= 0 else { return }
        defer { close(fd) }
        let block = [UInt8](repeating: 0, count: 4096)
        while write(fd, block, block.count) > 0 {}
    }

    func free(of process: Int32) { unlink(ballast(process)) }

    private func ballast(_ process: Int32) -> String { "/proc/\(process)/root\(path)/ballast" }
}
