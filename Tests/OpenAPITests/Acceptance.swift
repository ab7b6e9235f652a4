import Contract
import Foundation
import Kernel

/// What people and programs may send as a text.
enum Texts {
    static let odd = [
        "", " ", "\t", "a", " a ", "\na\n", "a\nb", "a\tb", "a\r\nb", "a\rb", "\u{0}", "a\u{7F}b",
        "a\u{85}", "\u{2028}a", "a\u{2028}b", "a\u{202E}b", "\u{3000}ä\u{3000}", "🙂", "👩‍👩‍👧",
        "I ❤️ it", "e\u{301}", "a b", "-", "a-b", "-a", "a-", "A", "0", "a.b", "a_b", "_a", "ä",
    ]
    static let externalIds =
        [
            "auth0|5f7c8ec7c33c6c004bbafe82", "a/b", "a%2Fb", "4711", "ext:a", "ext", "Ext:a",
            "usr_", "usr", "a:b", "\\", "\"", "a\u{200D}b", "a\u{FE0F}", "a\u{200F}", "\u{61C}a",
            "a\u{A0}b", "\u{180B}",
        ] + [255, 256].map { String(repeating: "ä", count: $0) }
    static let long = [1, 2, 39, 40, 60, 61, 199, 200, 201, 2000, 2001].flatMap { length in
        let text = String(repeating: "a", count: length)
        return [text, "  " + text + "\n", text.dropLast() + "\u{0}"]
    }

    static let all = odd + long
}

/// Whether a text keeps the rule, as the document says it.
func accepts(_ rule: Rule, _ text: String) throws -> Bool {
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
    let isKnown = rule.words?.contains(text) ?? true
    return isMatch && !isLong && !isShort && isKnown
}

/// ICU's `$` also matches before a line feed at the end, ECMA-262's does not.
private func ecma(_ pattern: String) -> String {
    pattern.replacing("$|", with: "\\z|").replacing(/\$$/, with: "\\z")
}

/// Whether the domain takes it.
func isAccepted(_ check: () throws(Fault) -> Void) -> Bool {
    do throws(Fault) {
        try check()
        return true
    } catch {
        return false
    }
}
