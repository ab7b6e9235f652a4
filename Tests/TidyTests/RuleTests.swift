import Foundation
import Testing

@Suite struct RuleTests {
    private let sources = Sources.swift(in: "Services", "Shared")

    @Test(arguments: ["print(", "try!", "as!", "fatalError", "FIXME", "TODO", "@preconcurrency"])
    func `banned in Services and Shared`(_ word: String) {
        let found = sources.filter { file in
            file.lines.contains { line in
                line.range(of: word).map { range in
                    // `fingerprint(` is another word.
                    range.lowerBound == line.startIndex
                        || !line[line.index(before: range.lowerBound)].isLetter
                } ?? false
            }
        }
        #expect(found.map(\.path).isEmpty)
    }

    @Test func `Foundation as a whole is not imported: it starts slowly and is large`() {
        let found = sources.filter { $0.lines.contains("import Foundation") }
        #expect(found.map(\.path).isEmpty)
    }

    @Test func `SQL is in Store folders and in Shared's SQLite and Outbox alone`() {
        let verbs = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE "]
        let found = sources.filter { file in
            !file.path.contains("/Store/") && !file.path.hasPrefix("Shared/SQLite/")
                && !file.path.hasPrefix("Shared/Outbox/")
                && file.lines.contains { line in
                    !line.contains("//") && verbs.contains { line.contains($0) }
                }
        }
        #expect(found.map(\.path).isEmpty)
    }

    @Test func `a domain imports the kernel and contracts alone`() {
        let allowed = ["import Kernel", "import Contract", "import FoundationEssentials"]
        let found = sources.filter { $0.path.contains("/Domain/") }.flatMap { file in
            file.lines.filter { $0.hasPrefix("import ") && !allowed.contains(String($0)) }
                .map { "\(file.path): \($0)" }
        }
        #expect(found.isEmpty)
    }

    @Test func `a store knows no HTTP`() {
        let found = sources.filter { $0.path.contains("/Store/") }.flatMap { file in
            file.lines.filter { $0.hasPrefix("import HTTP") || $0 == "import ServiceKit" }
                .map { "\(file.path): \($0)" }
        }
        #expect(found.isEmpty)
    }

    @Test func `the protocol core knows no socket, loop or task`() {
        let found = Sources.swift(in: "Shared/HTTPCore").filter { file in
            file.lines.contains { line in
                line == "import EventLoop" || line == "import CLinux" || line.contains("Task {")
                    || line.contains(" await ")
            }
        }
        #expect(found.map(\.path).isEmpty)
    }

    @Test func `every target has a README that says something`() {
        // System libraries have a module map and nothing to say.
        let silent = Sources.targets().filter { $0 != "Shared/CSQLite" }.filter { target in
            (Sources.read(target + "/README.md")?.text.count ?? 0) < 80
        }
        #expect(silent.isEmpty)
    }
}
