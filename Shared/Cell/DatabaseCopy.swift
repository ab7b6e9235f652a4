import FoundationEssentials
import Glibc

/// The files of a database on this machine, while no service has it open.
struct DatabaseCopy: Sendable {
    let path: String

    /// The database's name in the bucket.
    var name: String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.hasSuffix(".sqlite") ? String(file.dropLast(7)) : file
    }

    private var folder: String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    var exists: Bool { access(path, F_OK) == 0 }

    /// The last transaction that the follower has applied completely.
    var transaction: UInt64? {
        guard let data = FileManager.default.contents(atPath: path + "-txid") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return UInt64(text.filter { !$0.isWhitespace }, radix: 16)
    }

    /// Whether the follower has applied whole transactions only: it notes the last one after it has
    /// written the pages of all that it found.
    var isWhole: Bool {
        var (pages, note) = (stat(), stat())
        guard stat(path, &pages) == 0, stat(path + "-txid", &note) == 0 else { return false }
        let (written, noted) = (pages.st_mtim, note.st_mtim)
        return (written.tv_sec, written.tv_nsec) <= (noted.tv_sec, noted.tv_nsec)
    }

    /// Removes everything but the lock, unless a service still has the database open.
    /// - Returns: whether it has been removed.
    func remove() -> Bool {
        let fd = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard fd >= 0 else { return errno == ENOENT }
        defer { close(fd) }
        guard flock(fd, LOCK_EX | LOCK_NB) == 0 else { return false }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        // The marker first: a file without one is no damage.
        for suffix in [".created", "", "-wal", "-shm", "-txid", ".tmp"] { unlink(path + suffix) }
        try? FileManager.default.removeItem(atPath: "\(folder)/.\(file)-litestream")
        return true
    }

    /// Makes what the follower has left a database that its service opens.
    func promote() {
        unlink(path + "-txid")
        guard exists else { return }
        // It is not a new one: see DatabaseFiles.
        let fd = open(path + ".created", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        if fd >= 0 { close(fd) }
    }
}
