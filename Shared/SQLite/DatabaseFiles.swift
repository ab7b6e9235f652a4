import Glibc

/// The files of one database, and the marker `<path>.created` beside it, which says that it once
/// held a schema: without it a file that has vanished would come back empty, in silence.
struct DatabaseFiles: Sendable {
    let path: String

    private var marker: String { path + ".created" }
    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Refuses to continue where SQLite would silently create an empty database.
    func check() throws(DatabaseError) {
        guard try size(of: path) ?? 0 == 0 else { return }
        if try size(of: marker) != nil {
            throw DatabaseError(
                .corrupt,
                "\(path) is missing or empty, but was in use: restore a backup, or delete "
                    + "\(marker) to start without data")
        }
        if try size(of: path + "-wal") ?? 0 > 0 {
            throw DatabaseError(
                .corrupt, "\(path) is missing or empty, but has a -wal: restore a backup")
        }
    }

    /// Makes the file if it is missing, readable by this user alone; SQLite gives its -wal and
    /// -shm the same mode.
    func create() throws(DatabaseError) {
        guard try size(of: path) == nil else { return }
        try write("", to: path)
        try syncFolder()
    }

    /// Notes durably that the database is in use.
    func mark() throws(DatabaseError) {
        guard try size(of: marker) == nil else { return }
        try write("Marks a database in use. Delete only to start without data.\n", to: marker)
        try syncFolder()
    }

    /// Returns when the file and its name are on disk.
    func sync() throws(DatabaseError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path) }
        try syncFolder()
    }

    /// Whether the database was in use before.
    var isMarked: Bool { get throws(DatabaseError) { try size(of: marker) != nil } }

    private func size(of file: String) throws(DatabaseError) -> Int? {
        var info = stat()
        if stat(file, &info) == 0 { return Int(info.st_size) }
        if errno == ENOENT { return nil }
        throw failure(file)
    }

    private func write(_ text: String, to file: String) throws(DatabaseError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(file) }
        defer { close(descriptor) }
        let count = text.utf8.count
        guard Glibc.write(descriptor, text, count) == count, fsync(descriptor) == 0 else {
            throw failure(file)
        }
    }

    /// A new name is on disk only once its folder is.
    private func syncFolder() throws(DatabaseError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(folder) }
    }

    private func failure(_ file: String) -> DatabaseError {
        let kind: DatabaseError.Kind =
            switch errno {
            case ENOSPC, EDQUOT: .full
            case EROFS: .readOnly
            case EIO: .ioError
            default: .cannotOpen
            }
        return DatabaseError(kind, "\(file): \(String(cString: strerror(errno)))")
    }
}
