import Glibc
import TestSupport
import Testing

@testable import Cell

@Suite struct DatabaseCopyTests {
    private func files(_ folder: TemporaryFolder) throws -> Set<String> {
        Set(try folder.contents().keys)
    }

    @Test func `removing a copy leaves nothing of it but its lock`() throws {
        let folder = try TemporaryFolder()
        let copy = DatabaseCopy(path: "\(folder.path)/entities.sqlite")
        #expect(copy.name == "entities")
        for suffix in ["", "-wal", "-shm", "-txid", ".tmp", ".created"] {
            try folder.write("entities.sqlite" + suffix, [1])
        }
        try folder.write("gateway.sqlite", [1])
        #expect(copy.remove())
        #expect(try files(folder) == ["entities.sqlite.lock", "gateway.sqlite"])
    }

    @Test func `a copy that a service has open is not removed`() throws {
        let folder = try TemporaryFolder()
        let copy = DatabaseCopy(path: "\(folder.path)/entities.sqlite")
        try folder.write("entities.sqlite", [1])
        let fd = open(copy.path + ".lock", O_RDWR | O_CREAT, 0o600)
        defer { close(fd) }
        #expect(flock(fd, LOCK_EX | LOCK_NB) == 0)
        #expect(!copy.remove())
        #expect(copy.exists)
    }

    @Test func `the follower's transaction is read, and pages after it are noticed`() throws {
        let folder = try TemporaryFolder()
        let copy = DatabaseCopy(path: "\(folder.path)/entities.sqlite")
        #expect(copy.transaction == nil && !copy.isWhole)
        try folder.write("entities.sqlite", [1])
        try folder.write("entities.sqlite-txid", Array("00000000000000ff\n".utf8))
        #expect(copy.transaction == 255 && copy.isWhole)
        // As if it had been stopped within a transaction.
        var later = [
            timespec(tv_sec: 4_000_000_000, tv_nsec: 0),
            timespec(tv_sec: 4_000_000_000, tv_nsec: 0),
        ]
        #expect(utimensat(AT_FDCWD, copy.path, &later, 0) == 0)
        #expect(!copy.isWhole)
        copy.promote()
        #expect(copy.transaction == nil)
        #expect(try files(folder) == ["entities.sqlite", "entities.sqlite.created"])
    }
}
