import Contract
import Foundation
import Kernel
import Testing

@testable import EntitiesContract

/// What a rule's pattern and length say, and what Kernel decides, are the same.
@Suite struct RuleTests {
    private static let texts = [
        "", " ", "\t", "a", " a ", "\na\n", "a\nb", "a\tb", "a\r\nb", "a\rb", "\u{0}", "a\u{7F}b",
        "a\u{85}", "\u{2028}a", "a\u{2028}b", "a\u{202E}b", "\u{3000}ä\u{3000}", "🙂", "👩‍👩‍👧",
        "I ❤️ it", "e\u{301}", "a b", "-", "a-b", "-a", "a-", "A", "0", "a.b", "a_b", "_a", "ä",
    ]
    private static let long = [1, 2, 39, 40, 60, 61, 199, 200, 201, 2000, 2001].flatMap { length in
        let text = String(repeating: "a", count: length)
        return [text, "  " + text + "\n", text.dropLast() + "\u{0}"]
    }

    private func accepts(_ rule: Rule, _ text: String) throws -> Bool {
        let pattern = try rule.pattern.map { try NSRegularExpression(pattern: ecma($0)) }
        let whole = NSRange(text.startIndex..., in: text)
        let isMatch = pattern.map { $0.firstMatch(in: text, range: whole) != nil } ?? true
        let isLong =
            rule.isBoundByPattern
            ? false
            : text.unicodeScalars.count
                > rule.length?.upperBound ?? .max
        let isShort =
            rule.isBoundByPattern
            ? false
            : text.unicodeScalars.count
                < rule.length?.lowerBound ?? 0
        return isMatch && !isLong && !isShort
    }

    /// ICU's `$` also matches before a line feed at the end, ECMA-262's does not.
    private func ecma(_ pattern: String) -> String {
        pattern.replacing("$|", with: "\\z|").replacing(/\$$/, with: "\\z")
    }

    private func isAccepted(_ check: () throws(Fault) -> Void) -> Bool {
        do throws(Fault) {
            try check()
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: texts + long)
    func `names`(_ text: String) throws {
        let decided = isAccepted { () throws(Fault) in _ = try Text.name(text, pointer: "") }
        #expect(try accepts(.name(), text) == decided)
    }

    @Test(arguments: texts + long)
    func `texts of several lines`(_ text: String) throws {
        let decided = isAccepted { () throws(Fault) in
            _ = try Text.optionalText(text, pointer: "")
        }
        #expect(try accepts(.text(), text) == decided)
    }

    @Test(arguments: texts + long)
    func `usernames`(_ text: String) throws {
        let decided = isAccepted { () throws(Fault) in _ = try Text.username(text, pointer: "") }
        #expect(try accepts(.username, text) == decided)
    }

    @Test(arguments: texts + long)
    func `slugs`(_ text: String) throws {
        #expect(try accepts(.slug, text) == Text.isSlug(text))
    }

    @Test(arguments: [
        "1.0.0", "0.0.0", "1.0", "1", "1.0.0-a", "1.0.0-01", "1.0.0-0a", "1.0.0+01", "1.0.0-a+b.c",
        "v1.0.0", "01.0.0", "1.0.0-", "1.0.0+", "1.0.0-a..b", "999999999999999999999.0.0", "1.0.0 ",
    ])
    func `versions`(_ text: String) throws {
        #expect(try accepts(.version, text) == (SemanticVersion(text) != nil))
    }

    @Test(arguments: [
        "ent_01M7YT9ZKE9AJC5YJET3QB85ZP", "ent_81M7YT9ZKE9AJC5YJET3QB85ZP", "ent_", "usr_x",
        "ent_01m7yt9zke9ajc5yjet3qb85zp", "ent_01M7YT9ZKE9AJC5YJET3QB85ZI",
    ])
    func `ids`(_ text: String) throws {
        #expect(try accepts(.id("ent_"), text) == IDMinter.isWellFormed(text, prefix: "ent_"))
    }

    @Test func `every example keeps its own rule`() throws {
        let groups = World.groups.flatMap { $0.path + $0.endpoints.flatMap(\.documentation.query) }
        let bodies = World.endpoints.compactMap(\.documentation.body).flatMap { $0.type.members }
        for member in groups + bodies {
            guard case .string(let example)? = member.example else { continue }
            #expect(try accepts(member.rule, example), "\(member.name): \(example)")
        }
    }
}
