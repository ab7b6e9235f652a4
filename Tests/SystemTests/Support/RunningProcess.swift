import Foundation
import TestSupport

/// A running executable.
final class RunningProcess: @unchecked Sendable {  // used by one test at a time
    private let process = Process()
    let log: URL

    /// - Parameters:
    ///   - name: `gateway` or `entities`; found beside the test bundle.
    ///   - wrapper: a command that ends by becoming the executable.
    init(
        _ name: String, _ environment: [String: String], log: URL, arguments: [String] = [],
        wrapper: [String] = []
    ) throws {
        self.log = log
        if !FileManager.default.fileExists(atPath: log.path) {
            _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        }
        let output = try FileHandle(forWritingTo: log)
        output.seekToEndOfFile()
        let executable = Self.folder.appendingPathComponent(name)
        process.executableURL = wrapper.isEmpty ? executable : URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = wrapper.isEmpty ? arguments : wrapper + [executable.path] + arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    var id: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var text: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Does nothing once it has exited: another process or thread can have its pid by then.
    func signal(_ number: Int32) {
        if process.isRunning { kill(id, number) }
    }

    /// - Returns: the exit code, or nil if it hasn't exited within `seconds`.
    func ended(within seconds: Double) async -> Int32? {
        let begin = Date()
        while process.isRunning {
            guard Date().timeIntervalSince(begin) < seconds else { return nil }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return process.terminationStatus
    }

    /// Kills it and waits for its end.
    func killNow() async {
        signal(SIGKILL)
        _ = await ended(within: 10)
    }

    /// Diagnostics for a test that waits in vain: the kernel's view, and the end of the log.
    var whereItIs: String {
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? "gone"
        return "\(status.prefix(60)) \(text.suffix(1_500))"
    }

    /// The processor time that it has used.
    var cpuMilliseconds: Int? {
        let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        // proc(5): the name in parentheses can contain anything; utime and stime are 14 and 15.
        let fields = text?.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else {
            return nil
        }
        return (user + system) * 1_000 / sysconf(Int32(_SC_CLK_TCK))
    }

    /// Stops it (SIGSTOP), and waits until all of its threads have stopped.
    func pause() async -> Bool {
        signal(SIGSTOP)
        let tasks = "/proc/\(id)/task"
        return await eventually {
            let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
            return threads.allSatisfy { thread in
                let path = "\(tasks)/\(thread)/stat"
                let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
                return text.contains(") T ")
            }
        }
    }

    /// The folder of the executables, beside the test bundle.
    static let folder: URL = {
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: path ?? ".").deletingLastPathComponent()
    }()
}
