import EventLoop
import Glibc
import Kernel
import SQLite
import TestSupport
import Testing

@testable import ServiceKit

/// Who else can read what a service keeps.
@Suite struct PrivateFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func mode(_ path: String) -> mode_t? {
        var info = stat()
        return lstat(path, &info) == 0 ? info.st_mode & 0o7777 : nil
    }

    /// A data folder as an earlier version, or a copy, may have left it.
    private func openToAll(_ names: [String]) throws -> String {
        let data = folder.path + "/data"
        #expect(mkdir(data, 0o755) == 0)
        for name in names {
            let path = "\(data)/\(name)"
            if name.hasSuffix("/") {
                #expect(mkdir(path, 0o755) == 0)
            } else {
                let file = open(path, O_WRONLY | O_CREAT, 0o644)
                #expect(file >= 0 && fchmod(file, 0o644) == 0)
                close(file)
            }
        }
        #expect(chmod(data, 0o755) == 0)
        return data
    }

    @Test func `permissions of others are removed and logged once`() throws {
        let names = [
            "a.sqlite", "a.sqlite-wal", "a.sqlite.created", "admin-token", "mail/", "log/",
        ]
        let data = try openToAll(names)
        let first = PrivateFiles.tighten(data)
        #expect(first.left.isEmpty && first.taken.count == names.count + 1)
        #expect(mode(data) == 0o700)
        for name in names {
            #expect(mode("\(data)/\(name)") == (name.hasSuffix("/") ? 0o700 : 0o600), "\(name)")
        }
        let second = PrivateFiles.tighten(data)
        #expect(second.taken.isEmpty && second.left.isEmpty)
    }

    @Test func `a folder with other files keeps its mode, our files in it don't`()
        throws
    {
        let data = try openToAll(["a.sqlite", "holiday.jpg", "other/"])
        let found = PrivateFiles.tighten(data)
        #expect(found.taken == ["\(data)/a.sqlite"] && found.left == [data])
        #expect(mode(data) == 0o755 && mode("\(data)/holiday.jpg") == 0o644)
        #expect(mode("\(data)/other") == 0o755)
    }

    @Test func `links are not followed, and shared folders stay shared`() throws {
        let data = try openToAll([])
        let outside = try folder.write("outside", [1])
        #expect(chmod(outside, 0o644) == 0 && symlink(outside, "\(data)/b.sqlite") == 0)
        _ = PrivateFiles.tighten(data)
        #expect(mode(outside) == 0o644)
        #expect(chmod(data, 0o1777) == 0)
        #expect(PrivateFiles.tighten(data).left == [data] && mode(data) == 0o1777)
        // Nothing there is nothing to do.
        #expect(PrivateFiles.tighten(data + "/none").taken.isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `files of other users are left unchanged without an error`() throws {
        let data = try openToAll(["a.sqlite", "log/"])
        for path in ["\(data)/a.sqlite", "\(data)/log", data] { #expect(chown(path, 1, 1) == 0) }
        let found = PrivateFiles.tighten(data)
        #expect(found.taken.isEmpty && found.left.count == 3 && mode(data) == 0o755)
    }

    @Test func `opening a database logs the permissions that it removed`() throws {
        let data = try openToAll(["admin-token"])
        var settings = Settings([
            "LATCHKEY_INTERNAL_SECRET": String(repeating: "s", count: 32),
            "LATCHKEY_DATA_DIR": data,
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        let book = LogBook()
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let database = try Database.open(
            "test", migrations: [], common, Runtime(group: group, logger: book.logger()))
        database.close()
        #expect(mode(data) == 0o700 && mode("\(data)/admin-token") == 0o600)
        #expect(mode("\(data)/test.sqlite") == 0o600)
        #expect(
            book.lines.contains {
                $0.contains("admin-token") && $0.contains("removed the permissions")
            })
    }
}
