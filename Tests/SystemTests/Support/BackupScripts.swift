import Foundation
import TestSupport

/// deploy/backup, restore and drill, with the executables of the tests.
struct BackupScripts {
    let stack: LiveStack

    /// The folder of backups.
    var folder: String { stack.folder.path + "/backups" }

    /// The complete backups, oldest first.
    var complete: [String] {
        names(in: folder).filter { name in
            name.hasPrefix("latchkey-")
                && FileManager.default.fileExists(atPath: "\(folder)/\(name)/manifest.json")
        }.sorted().map { "\(folder)/\($0)" }
    }

    func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    /// - Parameters:
    ///   - programs: the folder of executables.
    ///   - wrapper: a command that ends by becoming the script.
    func run(
        _ script: String, _ arguments: [String], programs: String = RunningProcess.folder.path,
        through wrapper: [String] = []
    ) async throws -> (status: Int32, output: String) {
        let command = wrapper + ["bash", "\(Venv.root)/deploy/\(script)"] + arguments
        return try await Program.run(
            command[0], Array(command.dropFirst()),
            ["LATCHKEY_DATA_DIR": stack.dataFolder, "LATCHKEY_BIN_DIR": programs])
    }

    func backUp() async throws -> (status: Int32, output: String) {
        try await run("backup", [folder])
    }
}
