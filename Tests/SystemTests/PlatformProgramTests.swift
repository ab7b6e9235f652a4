import Foundation
import TestSupport
import Testing

/// The program of the gateway's README: a small platform with one credential.
@Suite(.serialized) struct PlatformProgramTests {
    @Test func `the program of the README runs as it says`() async throws {
        let readme = try String(
            contentsOfFile: Venv.root + "/Services/Gateway/README.md", encoding: .utf8)
        let program = try #require(readme.block("python"))
        #expect(program.split(separator: "\n").count <= 60)
        let stack = try await LiveStack()
        try await stack.start()
        let file = stack.folder.path + "/platform.py"
        try program.write(toFile: file, atomically: true, encoding: .utf8)
        let address = "http://127.0.0.1:\(stack.gatewayPort)"
        let run = try await Program.run("python3", [file, address, stack.adminToken])
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output == readme.block("text"), "\(run.output)")
        await stack.killAll()
    }
}

extension String {
    /// The first code block of a language.
    fileprivate func block(_ language: String) -> String? {
        guard let start = range(of: "\n```\(language)\n"),
            let end = range(of: "\n```\n", range: start.upperBound..<endIndex)
        else { return nil }
        return String(self[start.upperBound..<end.lowerBound]) + "\n"
    }
}
