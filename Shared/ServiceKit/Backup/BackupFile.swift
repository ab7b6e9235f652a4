import FoundationEssentials
import Glibc
import Kernel

/// A file of a backup: its digest, and a copy that is on disk when it has its name.
struct BackupFile {
    private static let chunk = 1 << 20

    let path: String

    /// The number of bytes and SHA-256 in hexadecimal digits.
    func digest() throws(BackupFailure) -> (bytes: Int, sha256: String) {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw failure(path) }
        defer { close(source) }
        return try read(source) { _ throws(BackupFailure) in }
    }

    /// Copies it, hashing what it copies. The copy gets its name once it is on disk.
    func copy(to target: String) throws(BackupFailure) -> (bytes: Int, sha256: String) {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw failure(path) }
        defer { close(source) }
        return try Self.write(target) { file throws(BackupFailure) in
            try read(source) { bytes throws(BackupFailure) in
                try Self.write(bytes, to: file, target)
            }
        }
    }

    /// Writes a small file, replacing it.
    func replace(with bytes: [UInt8]) throws(BackupFailure) {
        try Self.write(path) { file throws(BackupFailure) in
            var failure: BackupFailure?
            bytes.withUnsafeBytes { bytes in
                do throws(BackupFailure) {
                    try Self.write(bytes, to: file, path)
                } catch { failure = error }
            }
            if let failure { throw failure }
        }
    }

    private func read(
        _ source: Int32, _ take: (UnsafeRawBufferPointer) throws(BackupFailure) -> Void
    ) throws(BackupFailure) -> (bytes: Int, sha256: String) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 16)
        defer { buffer.deallocate() }
        var hasher = SHA256()
        var total = 0
        while true {
            let count = Glibc.read(source, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(bytes)
            try take(bytes)
            total += count
        }
        let digits = hasher.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return (total, digits.joined())
    }

    private static func write<T>(
        _ target: String, _ body: (Int32) throws(BackupFailure) -> T
    ) throws(BackupFailure) -> T {
        let temporary = target + ".partial"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(temporary) }
        let result: T
        do throws(BackupFailure) {
            defer { close(file) }
            result = try body(file)
            guard fsync(file) == 0 else { throw failure(temporary) }
            guard rename(temporary, target) == 0 else { throw failure(target) }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncFolder(of: target)
        return result
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, _ target: String
    ) throws(BackupFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(
                file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(target) }
            rest = rest.dropFirst(count)
        }
    }

    private static func syncFolder(of path: String) throws(BackupFailure) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(
            folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(folder) }
    }

    private func failure(_ path: String) -> BackupFailure { Self.failure(path) }

    private static func failure(_ path: String) -> BackupFailure {
        BackupFailure("\(path): \(String(cString: strerror(errno)))")
    }
}
