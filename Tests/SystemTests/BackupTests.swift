import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct BackupTests {
    /// Creates entities until it is stopped.
    private final class Maker: Sendable {
        private let made = Mutex<[String]>([])
        private let isStopped = Mutex(false)

        var ids: [String] { made.withLock { $0 } }
        func stop() { isStopped.withLock { $0 = true } }

        func run(_ stack: LiveStack, _ token: String) async throws {
            while !isStopped.withLock({ $0 }) {
                let id = try await stack.entity(token)
                if !id.isEmpty { made.withLock { $0.append(id) } }
            }
        }
    }

    @Test func `a backup under constant writes has all that was acknowledged before it`()
        async throws
    {
        let stack = try await LiveStack()
        let scripts = BackupScripts(stack: stack)
        try await stack.start()
        let ada = try await stack.user("ada")
        let organization = try await stack.organization(ada.token)
        let maker = Maker()
        async let making: Void = maker.run(stack, ada.token)
        #expect(await eventually { maker.ids.count > 10 })
        let before = maker.ids
        let backup = try await scripts.backUp()
        #expect(backup.status == 0, "\(backup.output)")
        let after = maker.ids.count
        #expect(await eventually { maker.ids.count > after + 5 })
        maker.stop()
        try await making
        let folder = try #require(scripts.complete.last)
        let manifest = try String(contentsOfFile: folder + "/manifest.json", encoding: .utf8)
        #expect(manifest.components(separatedBy: #""isAligned":true"#).count == 6)
        try await expectIsPrivate(folder)

        await stack.killAll()
        try FileManager.default.removeItem(atPath: stack.dataFolder)
        let restored = try await scripts.run("restore", [folder, stack.dataFolder])
        #expect(restored.status == 0, "\(restored.output)")
        try await stack.start()
        for id in before {
            #expect(try await status("/api/entities/\(id)", ada.token, stack) == 200)
        }
        #expect(try await status("/api/organizations/\(organization)", ada.token, stack) == 200)
        // Events that were lost had numbers that are not given again.
        _ = try await stack.entity(ada.token)
        let isBeyond = try await eventually {
            let numbers = try await SQLite.run(
                "SELECT max(number) FROM events", on: stack, "invitations")
            return Int(numbers.trimmingCharacters(in: .newlines)) ?? 0 > 100_000_000
        }
        #expect(isBeyond)
        await stack.killAll()
    }

    private func status(_ path: String, _ token: String, _ stack: LiveStack) async throws -> Int {
        try await stack.api.call("GET", path, token: token).status
    }

    private func expectIsPrivate(_ folder: String) async throws {
        let modes = try await Program.run("stat", ["-c", "%a", folder]).output
        #expect(modes == "700\n")
        let files = try await Program.run("sh", ["-c", "stat -c %a \(folder)/*"]).output
        #expect(Set(files.split(separator: "\n")) == ["600"])
    }

    @Test func `a backup that is incomplete, cut or altered is refused and named`() async throws {
        let stack = try await LiveStack()
        let scripts = BackupScripts(stack: stack)
        try await stack.start()
        await stack.killAll()
        // Also of services that are down, with what a kill has left in their logs.
        #expect(try await scripts.backUp().status == 0)
        let drill = try await scripts.run("drill", [scripts.folder])
        #expect(drill.status == 0, "\(drill.output)")
        let folder = try #require(scripts.complete.last)
        let target = stack.folder.path + "/target"
        try await expectRefusal("organizations.sqlite has", of: folder, target, scripts) {
            _ = truncate($0 + "/organizations.sqlite", 8192)
        }
        try await expectRefusal("entities.sqlite has the SHA-256", of: folder, target, scripts) {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: $0 + "/entities.sqlite"))
            try file.seek(toOffset: 5000)
            try file.write(contentsOf: Data([0xAA, 0x55]))
            try file.close()
        }
        try await expectRefusal("is no complete backup", of: folder, target, scripts) {
            try FileManager.default.removeItem(atPath: $0 + "/manifest.json")
        }
        let occupied = try await scripts.run("restore", [folder, stack.dataFolder])
        #expect(occupied.status == 1 && occupied.output.contains("must be empty"))
        try await expectRestoresOne("entities", from: folder, stack)
        let old = scripts.folder + "/latchkey-20200101T000000Z"
        _ = try await Program.run("cp", ["-r", folder, old])
        let kept = try await scripts.run("backup", [scripts.folder, "--keep", "14"])
        #expect(kept.status == 0, "\(kept.output)")
        #expect(!scripts.complete.contains(old) && scripts.complete.contains(folder))
        let metrics = try String(contentsOfFile: scripts.folder + "/drill.prom", encoding: .utf8)
        #expect(metrics.contains("\nlatchkey_restore_drill_last_good_timestamp_seconds 1"))
    }

    /// Restores one damaged database among the others.
    private func expectRestoresOne(
        _ service: String, from backup: String, _ stack: LiveStack
    ) async throws {
        let database = "\(stack.dataFolder)/\(service).sqlite"
        try Data("not a database".utf8).write(to: URL(fileURLWithPath: database))
        let restored = try await BackupScripts(stack: stack)
            .run("restore", ["--only", service, backup, stack.dataFolder])
        #expect(restored.status == 0, "\(restored.output)")
        let adopted = try await BackupScripts(stack: stack)
            .run("restore", ["--adopt", stack.dataFolder])
        #expect(adopted.status == 0, "\(adopted.output)")
        let checked = try await SQLite.run("PRAGMA quick_check", on: stack, service)
        #expect(checked == "ok\n")
        let names = BackupScripts(stack: stack).names(in: stack.dataFolder)
        #expect(names.contains { $0.hasPrefix("damaged-\(service)-") })
        #expect(!names.contains("restore-incomplete") && !names.contains(".facts"))
    }

    /// Restores a copy of a backup after it was damaged.
    private func expectRefusal(
        _ words: String, of folder: String, _ target: String, _ scripts: BackupScripts,
        _ damage: (String) throws -> Void
    ) async throws {
        let copy = scripts.folder + "/damaged"
        _ = try await Program.run("cp", ["-r", folder, copy])
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try damage(copy)
        let restored = try await scripts.run("restore", [copy, target])
        #expect(restored.status == 1 && restored.output.contains(words), "\(restored.output)")
        #expect(scripts.names(in: target).isEmpty)
    }

    @Test func `a backup that is killed, or has no space, leaves none and disturbs no service`()
        async throws
    {
        let stack = try await LiveStack()
        let scripts = BackupScripts(stack: stack)
        try await stack.start()
        let ada = try await stack.user("ada")
        // In place of one service's part: the end of the script, by SIGKILL.
        let programs = stack.folder.path + "/programs"
        try FileManager.default.createDirectory(
            atPath: programs, withIntermediateDirectories: true)
        for service in LiveStack.Service.allCases {
            try FileManager.default.createSymbolicLink(
                atPath: "\(programs)/\(service.rawValue)",
                withDestinationPath: RunningProcess.folder.path + "/" + service.rawValue)
        }
        try FileManager.default.removeItem(atPath: programs + "/invitations")
        try "#!/bin/sh\nsleep 0.5\nkill -9 $PPID\n".write(
            toFile: programs + "/invitations", atomically: true, encoding: .utf8)
        _ = chmod(programs + "/invitations", 0o700)
        let killed = try await scripts.run("backup", [scripts.folder], programs: programs)
        #expect(killed.status == SIGKILL)
        #expect(scripts.complete.isEmpty)
        #expect(scripts.names(in: scripts.folder).contains { $0.hasSuffix(".partial") })
        #expect(try await stack.entity(ada.token).isEmpty == false)

        if PrivateDisk.isPossible {
            let disk = PrivateDisk(path: stack.folder.path + "/disk", megabytes: 1)
            try FileManager.default.createDirectory(
                atPath: disk.path, withIntermediateDirectories: true)
            let full = try await scripts.run("backup", [disk.path], through: disk.wrapper)
            #expect(full.status == 1 && full.output.contains("full"), "\(full.output)")
        }
        let next = try await scripts.backUp()
        #expect(next.status == 0, "\(next.output)")
        #expect(scripts.complete.count == 1)
        #expect(!scripts.names(in: scripts.folder).contains { $0.hasSuffix(".partial") })
        #expect(await stack.stop())
    }
}
