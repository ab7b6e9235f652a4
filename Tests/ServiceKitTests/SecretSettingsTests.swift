import Kernel
import TestSupport
import Testing

@testable import ServiceKit

/// Settings with lists of secrets.
@Suite struct SecretSettingsTests {
    private let a = String(repeating: "a", count: 32)
    private let b = String(repeating: "b", count: 40)
    private let c = String(repeating: "c", count: 32)

    private func read(_ text: String?) -> (SecretList, [String]) {
        var settings = Settings(text.map { ["S": $0] } ?? [:])
        return (settings.secrets("S", minimumBytes: 32, "x"), settings.mistakes)
    }

    private func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    @Test func `each line is a secret`() throws {
        #expect(read(a) == (SecretList(Array(a.utf8)), []))
        #expect(read("\(a)\n\(b)").0.all == bytes(a, b))
        #expect(read("\(a)\r\n\(b)\r\n\(c)").0.all == bytes(a, b, c))
        // Whatever else is part of a secret that is in use stays part of it.
        let odd = "it's a secret, with commas; spaces\tand \u{2028} more "
        #expect(read(odd).0.all == bytes(odd))
        let folder = try TemporaryFolder()
        let path = try folder.write("secrets", Array("\(b)\n\(a)\n".utf8))
        var settings = Settings(["S_FILE": path])
        #expect(settings.secrets("S", minimumBytes: 32, "x").all == bytes(b, a))
        #expect(settings.mistakes.isEmpty)
    }

    @Test func `a bad list is an error that names the setting and shows no secret`() {
        let many = (0...8).map { String(repeating: "\($0)", count: 32) }.joined(separator: "\n")
        for (text, mistakes) in [
            ("\(a)\n\n\(b)", ["S must have a secret in each line; line 2 is empty"]),
            ("\(a)\n", ["S must have a secret in each line; line 2 is empty"]),
            ("\n\(a)", ["S must have a secret in each line; line 1 is empty"]),
            (
                "\(a)\nhunter2",
                ["S must have at least 32 bytes in each line, not 7 in line 2"]
            ),
            ("hunter2", ["S must have at least 32 bytes, not 7"]),
            (
                "\(a)\n\(b)\n\(a)",
                ["S must not have a secret twice: lines 1 and 3 are equal"]
            ),
            (many, ["S must have at most 8 secrets, not 9"]),
            (
                "hunter2\n\n\(a)\n\(a)",
                [
                    "S must have at least 32 bytes in each line, not 7 in line 1",
                    "S must have a secret in each line; line 2 is empty",
                    "S must not have a secret twice: lines 3 and 4 are equal",
                ]
            ),
        ] {
            let found = read(text).1
            #expect(found == mistakes)
            let shown = found.joined()
            #expect(!shown.contains("hunter2") && !shown.contains("aaa"))
        }
        #expect(read(nil).1 == ["S is required: at least 32 random bytes"])
        #expect(read(nil).0.isEmpty)
    }

    @Test func `a fallback replaces a setting that is missing, and no other`() {
        let fallback = SecretList(Array(a.utf8), [Array(b.utf8)])
        var settings = Settings(["T": c])
        #expect(settings.secrets("S", minimumBytes: 32, "x", fallback: fallback) == fallback)
        #expect(settings.secrets("T", minimumBytes: 32, "x", fallback: fallback).all == bytes(c))
        #expect(settings.mistakes.isEmpty)
    }

    @Test func `derived keys are lists too, with the same rules`() throws {
        func common(_ environment: [String: String]) -> (CommonSettings, [String]) {
            var settings = Settings(environment)
            let common = CommonSettings(&settings, defaultPort: 0)
            return (common, settings.mistakes)
        }
        let (secret, mistakes) = common(["LATCHKEY_INTERNAL_SECRET": "\(a)\n\(b)"])
        #expect(mistakes.isEmpty && secret.internalSecrets?.all == bytes(a, b))
        let text = secret.keys.text(for: "entities")
        let (derived, others) = common(["LATCHKEY_INTERNAL_KEYS": text])
        #expect(others.isEmpty && derived.keys.text(for: "entities") == text)
        // Both keys of a pair, the first first.
        let first = ServiceKeys(SecretList(Array(a.utf8))).text(for: "entities")
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2 * first.split(separator: "\n").count)
        #expect(
            stride(from: 0, to: lines.count, by: 2).map { lines[$0] }
                == first.split(separator: "\n"))
        let twice = common(["LATCHKEY_INTERNAL_KEYS": text + first]).1
        #expect(twice.count == first.split(separator: "\n").count)
        #expect(
            twice.first == "LATCHKEY_INTERNAL_KEYS must not have a key of entities>gateway twice")
        let key = try #require(first.split(separator: ":").last).prefix(43)
        #expect(!twice.joined().contains(key))
    }
}
