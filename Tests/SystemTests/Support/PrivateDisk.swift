import Foundation
import Glibc

/// A data folder on a file system of a few megabytes. It is mounted in a namespace that the
/// process has to itself, so it goes when the process goes, and nobody else sees it.
struct PrivateDisk {
    /// Where the process has it.
    let path: String
    let megabytes: Int

    /// What makes the file system and then becomes the program whose name follows.
    var wrapper: [String] {
        [
            "unshare", "--map-root-user", "--mount", "sh", "-c",
            "mount -t tmpfs -o size=\(megabytes)m tmpfs \"$0\" && exec \"$@\"", path,
        ]
    }

    /// Not everywhere may one make such namespaces.
    static let isPossible: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = PrivateDisk(path: "/tmp", megabytes: 1).wrapper + ["true"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    /// Takes all the space that is left.
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
