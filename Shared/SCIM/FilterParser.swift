import FoundationEssentials
import Kernel

extension SCIMFilter {
    /// - Throws: `invalidFilter`.
    public init(_ text: String) throws(Fault) {
        var parser = try FilterParser(text, wrong: .invalidFilter)
        self = try parser.filter()
        try parser.expectEnd()
    }
}

extension AttributePath {
    /// A path of PATCH (RFC 7644 §3.5.2), or of `sortBy` and `attributes`.
    /// - Throws: `invalidPath`.
    public init(parsing text: String) throws(Fault) {
        var parser = try FilterParser(text, wrong: .invalidPath)
        self = try parser.path()
        try parser.expectEnd()
    }
}

/// A recursive descent parser of the grammars of RFC 7644 §3.4.2.2 and §3.5.2, with the bounds that
/// keep it and the evaluation short.
struct FilterParser {
    /// Bytes of a filter or path.
    static let maximumLength = 8_192
    /// Parentheses, brackets and negations in each other.
    static let maximumDepth = 32
    /// Comparisons.
    static let maximumTerms = 200

    private let bytes: [UInt8]
    private var at = 0
    private var depth = 0
    private var terms = 0
    private let wrong: SCIMErrorType

    init(_ text: String, wrong: SCIMErrorType) throws(Fault) {
        bytes = Array(text.utf8)
        self.wrong = wrong
        guard bytes.count <= Self.maximumLength else {
            throw fault("is longer than \(Self.maximumLength) bytes")
        }
    }

    private func fault(_ what: String) -> Fault {
        let name = wrong == .invalidFilter ? "filter" : "path"
        return .scim(wrong, "The \(name) \(what) (at byte \(at + 1)).")
    }

    mutating func expectEnd() throws(Fault) {
        skipSpaces()
        guard at == bytes.count else { throw fault("goes on where it should end") }
    }

    // MARK: Filters

    /// `or` binds least.
    mutating func filter() throws(Fault) -> SCIMFilter {
        var left = try conjunction()
        while takeWord("or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(Fault) -> SCIMFilter {
        var left = try factor()
        while takeWord("and") { left = .and(left, try factor()) }
        return left
    }

    private mutating func factor() throws(Fault) -> SCIMFilter {
        if take("(") { return try grouped() }
        let start = at
        if takeWord("not") {
            if take("(") { return .not(try grouped()) }
            // An attribute can be called so.
            at = start
        }
        terms += 1
        guard terms <= Self.maximumTerms else {
            throw fault("has more than \(Self.maximumTerms) comparisons")
        }
        let path = try path()
        if takeWord("pr") { return .present(path) }
        guard let comparison = takeOperator() else {
            if path.filter != nil, path.sub == nil { return .some(path) }
            throw fault("needs an operator")
        }
        return .compare(path, comparison, try literal())
    }

    /// What stands between the opening parenthesis and the closing one.
    private mutating func grouped() throws(Fault) -> SCIMFilter {
        try enter()
        defer { depth -= 1 }
        let filter = try filter()
        guard take(")") else { throw fault("lacks a closing parenthesis") }
        return filter
    }

    private mutating func enter() throws(Fault) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw fault("is nested too deeply") }
    }

    // MARK: Paths

    mutating func path() throws(Fault) -> AttributePath {
        let name = takeName()
        guard !name.isEmpty else { throw fault("needs the name of an attribute") }
        var path = try split(name)
        guard take("[") else { return path }
        guard path.sub == nil, !path.name.isEmpty else {
            throw fault("can have a filter only behind an attribute")
        }
        try enter()
        path.filter = try filter()
        depth -= 1
        guard take("]") else { throw fault("lacks a closing bracket") }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            let sub = takeName()
            guard Self.isName(sub) else { throw fault("needs the name of a sub-attribute") }
            path.sub = sub
        }
        return path
    }

    /// `urn:…:User:name.familyName` in its parts.
    private func split(_ text: String) throws(Fault) -> AttributePath {
        var path = AttributePath("")
        var rest: Substring = text[...]
        if AttributeName.areSame(String(text.prefix(4)), "urn:"),
            let colon = text.lastIndex(of: ":")
        {
            path.schema = String(text[..<colon])
            rest = text[text.index(after: colon)...]
            // `urn:ietf:params:scim:schemas:core:2.0:User` names the schema as a whole.
            if Self.isSchema(path.schema) {
                return AttributePath(schema: text, "")
            }
        }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy(Self.isName) else {
            throw fault("has a malformed name")
        }
        path.name = parts[0]
        path.sub = parts.count > 1 ? parts[1] : nil
        return path
    }

    /// Whether what follows is the last part of a schema's URN: its version stands before that.
    private static func isSchema(_ urn: String?) -> Bool {
        guard let last = urn?.split(separator: ":").last else { return false }
        return last.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    }

    /// RFC 7643 §2.1, and `$ref`.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        return (isLetter(first) || first == UInt8(ascii: "$"))
            && text.utf8.dropFirst().allSatisfy {
                isLetter($0) || (48...57).contains($0) || "-_".utf8.contains($0)
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte)
    }

    private mutating func takeName() -> String {
        skipSpaces()
        let start = at
        while at < bytes.count,
            Self.isLetter(bytes[at]) || (48...57).contains(bytes[at])
                || "-_$.:".utf8.contains(bytes[at])
        {
            at += 1
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    // MARK: Tokens

    private mutating func skipSpaces() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    /// A word in any case, with something else behind it.
    private mutating func takeWord(_ word: String) -> Bool {
        skipSpaces()
        let end = at + word.utf8.count
        guard end <= bytes.count,
            AttributeName.areSame(String(decoding: bytes[at..<end], as: UTF8.self), word),
            end == bytes.count || " \t()[]".utf8.contains(bytes[end])
        else { return false }
        at = end
        return true
    }

    private mutating func takeOperator() -> SCIMFilter.Operator? {
        SCIMFilter.Operator.allCases.first { takeWord($0.rawValue) }
    }

    /// A JSON text, number, `true`, `false` or `null`.
    private mutating func literal() throws(Fault) -> SCIMValue {
        skipSpaces()
        let start = at
        if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
            at += 1
            while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
                at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
            }
            at = min(at + 1, bytes.count)
        } else {
            while at < bytes.count, !" \t()[]".utf8.contains(bytes[at]) { at += 1 }
        }
        let token = Array(bytes[start..<at])
        for (word, value): (String, SCIMValue) in [
            ("true", true), ("false", false), ("null", .null),
        ]
        where AttributeName.areSame(String(decoding: token, as: UTF8.self), word) { return value }
        guard let value = try? JSONDecoder().decode(SCIMValue.self, from: Data(token)) else {
            at = start
            throw fault("needs a value in JSON")
        }
        switch value {
        case .string(let text) where Text.isStreamSafe(text): return value
        case .integer, .decimal: return value
        default:
            at = start
            throw fault("needs a text, a number, true, false or null")
        }
    }
}
