import Foundation
import TestSupport

/// A program of the machine that runs to its end.
enum Program {
    /// Waits on its own thread: the tasks of all tests share as many threads as there are cores,
    /// and two programs that each blocked one would stop every clock of the run.
    /// - Parameters:
    ///   - name: a path, or what PATH finds.
    ///   - environment: in addition to the test's own.
    /// - Returns: its exit code and combined output.
    static func run(
        _ name: String, _ arguments: [String], _ environment: [String: String] = [:],
        in directory: String? = nil
    ) async throws -> (status: Int32, output: String) {
        try await blocking {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [name] + arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: data, as: UTF8.self))
        }
    }
}

/// Python in the virtual environment that deploy/test creates.
enum Venv {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    static let folder = root + "/.build/venv/bin/"

    /// - Parameter package: as deploy/lib/requirements.txt names it.
    static func has(_ package: String) -> Bool {
        let installed = try? String(
            contentsOfFile: root + "/.build/venv/installed.txt", encoding: .utf8)
        return installed?.contains("\n\(package)") == true
    }
}
