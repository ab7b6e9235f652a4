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
        let found = sources.filter { $0.imports.contains("Foundation") }
        #expect(found.map(\.path).isEmpty)
    }

    /// Classes that the compiler can't check, and what holds instead of their loop.
    private static let guardedOtherwise = [
        "Shared/EventLoop/EventLoopGroup.swift",  // changed in init and join only
        // lent to one thread at a time
        "Shared/Mail/SMTPConnection.swift", "Shared/Mail/SMTPStream.swift",
        "Shared/SQLite/Lock.swift", "Shared/SQLite/ReaderSlot.swift",  // a lock
        "Shared/SQLite/WriteQueue.swift", "Shared/SQLite/Writer.swift",
        "Shared/SQLite/WriterThread.swift",
        "Shared/TLS/SignatureKey.swift", "Shared/TLS/TLSClient.swift",  // never changed after init
        "Services/Gateway/Authentication/BearerAuthenticator.swift",  // asserts its slot
    ]

    @Test func `classes of a loop assert that they are used on it`() {
        let unchecked = sources.filter { file in
            file.lines.contains { $0.contains("class ") && $0.contains("@unchecked Sendable") }
        }
        #expect(Set(Self.guardedOtherwise).isSubset(of: unchecked.map(\.path)))
        let found = unchecked.filter { !$0.text.contains("assertCurrent(") }
        #expect(Set(found.map(\.path)) == Set(Self.guardedOtherwise))
    }

    @Test func `SQL is only in Store folders and in Shared's SQLite, Mail and WriteKit`() {
        let verbs = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE "]
        let found = sources.filter { file in
            !file.path.contains("/Store/") && !file.path.hasPrefix("Shared/SQLite/")
                && !file.path.hasPrefix("Shared/Mail/")
                && !file.path.hasPrefix("Shared/WriteKit/")
                && file.lines.contains { line in
                    !line.contains("//") && verbs.contains { line.contains($0) }
                }
        }
        #expect(found.map(\.path).isEmpty)
    }

    /// Contracts own a context's words, limits and problems; their bodies are for API folders.
    @Test func `a domain imports only the kernel and contracts, and knows no body`() {
        let found = offenders("/Domain/") { module in
            // Inviting: what both kinds of invitations share.
            !["FoundationEssentials", "Inviting", "Kernel"].contains(module)
                && (module == "Contract" || !module.hasSuffix("Contract"))
        }
        #expect(found.isEmpty)
        let bodies = sources.filter { file in
            file.path.contains("/Domain/") && file.text.contains(/[A-Z][A-Za-z]+Body\b/)
        }
        #expect(bodies.map(\.path).isEmpty)
    }

    @Test func `use cases and stores don't import HTTP`() {
        let found =
            offenders("/UseCases/") { $0.hasPrefix("HTTP") || $0 == "ServiceKit" }
            + offenders("/Store/") { $0.hasPrefix("HTTP") || $0 == "ServiceKit" }
        #expect(found.isEmpty)
    }

    @Test func `a context imports no other context, only contracts`() {
        let contexts = ["Entities", "Gateway", "Integrations", "Invitations", "Organizations"]
        let found = contexts.flatMap { context in
            offenders("Services/\(context)/") { module in
                contexts.contains(module) && module != context
            }
        }
        #expect(found.isEmpty)
    }

    /// What the files below `folder` import and must not.
    private func offenders(_ folder: String, _ isBanned: (String) -> Bool) -> [String] {
        sources.filter { $0.path.contains(folder) }.flatMap { file in
            file.imports.filter(isBanned).map { "\(file.path): \($0)" }
        }
    }

    @Test func `the protocol core knows no socket, loop or task`() {
        let found = Sources.swift(in: "Shared/HTTPCore").filter { file in
            !file.imports.filter {
                ["EventLoop", "CLinux"].contains($0)
            }
            .isEmpty
                || file.lines.contains { $0.contains("Task {") || $0.contains(" await ") }
        }
        #expect(found.map(\.path).isEmpty)
    }

    /// Each lets a test pass whatever went wrong: any error for the one that is expected.
    @Test(arguments: [
        "catch {}", "(any Error).self", "as? Fault", "as? DatabaseError", "try! ",
    ])
    func `tests state the error that they expect`(_ word: String) {
        // `race` gives the codes of all, and tests hold them against the one that they expect.
        let helpers = ["Tests/Support/Race.swift", "Tests/TidyTests/RuleTests.swift"]
        let found = Sources.swift(in: "Tests").filter { file in
            !helpers.contains(file.path) && file.lines.contains { $0.contains(word) }
        }
        #expect(found.map(\.path).isEmpty, "use `fault` or `caught` of Tests/Support/Caught.swift")
    }

    /// Time is `FakeClock`, `FakeTicks`, or an event that a test waits for.
    @Test(arguments: ["Task.sleep", "Thread.sleep", "usleep(", "nanosleep(", " sleep("])
    func `only SystemTests and what waits for an event sleep`(_ word: String) {
        let files = Sources.swift(in: "Tests").filter { file in
            !file.path.hasPrefix("Tests/SystemTests/") && !file.path.hasPrefix("Tests/TidyTests/")
        }
        let found = files.filter { file in
            file.lines.contains { $0.contains(word) && !$0.contains("func ") }
        }
        #expect(
            found.map(\.path).allSatisfy { $0 == "Tests/Support/Waiting.swift" },
            "\(found.map(\.path)): use `eventually` of Tests/Support/Waiting.swift")
    }

    /// Initializers and what a protocol demands speak for themselves.
    @Test func `public declarations of Shared have a doc comment`() {
        let exempt = [
            "init(", "init?(", "func <", "func ==", "func encode(to", "func hash(into",
            "var description", "let schemaName", "let meaning", "var members",
        ]
        let found = Sources.swift(in: "Shared").flatMap { file in
            file.lines.indices.filter { index in
                let words = file.lines[index].drop { $0 == " " }
                guard
                    words.hasPrefix("public ")
                        || words.hasPrefix("@") && words.contains(" public "),
                    !words.contains("extension "),
                    !exempt.contains(where: words.contains)
                else { return false }
                let above = file.lines[..<index].reversed().lazy.map { $0.drop { $0 == " " } }
                return above.first { !$0.hasPrefix("@") }?.hasPrefix("///") != true
            }.map { "\(file.path):\($0 + 1)" }
        }
        #expect(found.isEmpty)
    }

    @Test func `every target has a README with content`() {
        // System libraries have a module map and nothing to say.
        let silent = Sources.targets().filter { $0 != "Shared/CSQLite" }.filter { target in
            let lines = Sources.read(target + "/README.md")?.lines ?? []
            return lines.filter { !$0.isEmpty }.count <= 3
        }
        #expect(silent.isEmpty)
    }

    @Test func `no file names a folder of one developer's machine`() {
        // In two parts, so that this file is not found.
        let folders = ["/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/"]
        // SCIM's own path of users is spelled like one of them, but has nothing below a user.
        let ofPeople = #/\/Users\/[^\/"`\s]+\//#
        let found = Sources.all().filter { file in
            folders.contains { file.text.contains($0) } || file.text.contains(ofPeople)
        }
        #expect(found.map(\.path).isEmpty)
    }
}
