import EventLoop
import Glibc
import Kernel

/// Writes each mail as a file `<id>.eml` in a folder, for machines without a relay and for tests.
/// The files contain secrets: only their owner can read them.
public final class FileTarget: MailTarget {
    /// Each delivery waits for the disk twice.
    public let concurrency = 4
    private let folder: String

    /// - Parameter folder: created with the first mail if missing, for the owner alone.
    public init(folder: String) { self.folder = folder }

    /// Returns once the file is on disk under its name. The same mail again replaces the same file.
    public func deliver(_ mail: OutgoingMail) async throws(MailFailure) {
        // The id becomes a file name.
        guard IDMinter.isWellFormed(mail.id, prefix: MailOutbox.prefix) else {
            throw MailFailure(
                .permanent, "the mail's id must be one such as mai_01JHMZ0000000000000000000A")
        }
        let failure = await withCheckedContinuation {
            (continuation: CheckedContinuation<MailFailure?, Never>) in
            onDetachedThread { [folder] in
                continuation.resume(returning: Self.write(mail, in: folder))
            }
        }
        if let failure { throw failure }
    }

    /// A file with its final name is complete, even after a power cut: its bytes reach the disk
    /// before the name.
    private static func write(_ mail: OutgoingMail, in folder: String) -> MailFailure? {
        if let failure = makeFolder(folder) { return failure }
        let temporary = "\(folder)/.\(mail.id).tmp"
        let file = open(
            temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)
        guard file >= 0 else { return failure("open a file") }
        let isWritten = writeAll(mail.bytes, to: file) && fsync(file) == 0
        let failed = isWritten ? nil : failure("write a file")
        Glibc.close(file)
        if let failed {
            unlink(temporary)
            return failed
        }
        guard rename(temporary, "\(folder)/\(mail.id).eml") == 0 else {
            return failure("rename a file")
        }
        return sync(folder)
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func sync(_ folder: String) -> MailFailure? {
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return failure("open the folder") }
        defer { Glibc.close(directory) }
        return fsync(directory) == 0 ? nil : failure("write the folder")
    }

    /// Creates its parents, too.
    private static func makeFolder(_ path: String) -> MailFailure? {
        if mkdir(path, S_IRWXU) == 0 || errno == EEXIST { return nil }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            return failure("create the folder")
        }
        if let failure = makeFolder(String(path[..<slash])) { return failure }
        return mkdir(path, S_IRWXU) == 0 || errno == EEXIST ? nil : failure("create the folder")
    }

    /// A folder that can't be written, or a full disk, is not the mail's fault.
    private static func failure(_ what: String) -> MailFailure {
        MailFailure(.outage, "could not \(what) for mails: \(String(cString: strerror(errno)))")
    }
}
