import EventLoop
import FoundationEssentials
import Glibc
import Kernel
import SQLite

extension Database {
    /// Opens the database of a service, `<data folder>/<name>.sqlite`, with a reader for each loop.
    public static func open(
        _ name: String, migrations: [Migration], watch: TableWatch? = nil,
        _ settings: CommonSettings, _ runtime: Runtime
    ) throws -> Database {
        let folder = settings.dataDirectory
        // Whatever has a follower's copy open keeps the follower from applying anything.
        guard settings.replication.cell == nil || runtime.term != nil else {
            throw StartFailure("\(folder) belongs to a cell: only its running services open it")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            // Foundation's own words name types.
            throw StartFailure(
                "can't create the data folder \(folder): \(String(cString: strerror(errno)))")
        }
        let incomplete = "\(folder)/\(BackupCommands.incomplete)"
        guard !FileManager.default.fileExists(atPath: incomplete) else {
            throw StartFailure("\(folder) was restored in part: empty it and restore again")
        }
        let (taken, left) = PrivateFiles.tighten(folder)
        if !taken.isEmpty {
            runtime.logger.warning(
                "removed the permissions of other users on these files",
                ["paths": taken.joined(separator: ", ")])
        }
        if !left.isEmpty {
            runtime.logger.warning(
                "other users can read these files: set their mode to 700 or 600",
                ["paths": left.joined(separator: ", ")])
        }
        var options = DatabaseOptions()
        options.watch = watch
        settings.replication.apply(to: &options, path: "\(folder)/\(name).sqlite", in: runtime.term)
        return try Database(
            path: "\(folder)/\(name).sqlite", migrations: migrations,
            readers: runtime.group.loops.count, clock: runtime.clock,
            options: options)
    }
}

extension Health.Check {
    /// Whether the database can be read and, as far as known, written.
    public static func database(_ database: Database) -> Health.Check {
        Health.Check("database") {
            do {
                try database.check()
                return nil
            } catch {
                return "\(error)"
            }
        }
    }
}
