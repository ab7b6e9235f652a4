import Glibc
import Synchronization

/// Keeps a second process from opening a database: two writers would both checkpoint (the WAL-reset
/// bug), and ids and revocations rest on one process knowing of all changes. flock(2) on
/// `<path>.lock`, which the kernel lets go of when the process ends, however it ends.
final class DatabaseLock: Sendable {
    private let descriptor: Mutex<Int32>

    init(_ path: String) throws(DatabaseError) {
        let file = path + ".lock"
        let fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard fd >= 0 else {
            let isReadOnly = errno == EACCES || errno == EROFS
            throw DatabaseError(
                isReadOnly ? .readOnly : .cannotOpen,
                "\(file): \(String(cString: strerror(errno)))")
        }
        guard flock(fd, LOCK_EX | LOCK_NB) == 0 else {
            close(fd)
            throw DatabaseError(.cannotOpen, "\(path) is in use by another process")
        }
        descriptor = Mutex(fd)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { fd in
            guard fd >= 0 else { return }
            // Closing alone would leave it to a child that is between fork and exec.
            flock(fd, LOCK_UN)
            close(fd)
            fd = -1
        }
    }
}
