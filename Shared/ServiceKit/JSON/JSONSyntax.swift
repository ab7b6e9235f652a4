import Contract
import Kernel

/// Whether bytes are one JSON text, strictly by RFC 8259, and within `JSONLimits`.
/// Foundation's decoder looks at numbers and strings only when somebody asks for them, and takes
/// UTF-16 and trailing commas; so what is JSON would depend on the type it is decoded to.
///
/// It goes over each byte once. What it refuses it names by its place.
struct JSONSyntax {
    let limits: JSONLimits
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0
    /// Where we are, from the outside in.
    var path: [Step] = []
    /// The names of the objects we are in, those of each behind those of the one around it.
    private var memberNames: [Name] = []
    /// The rule that what is well-formed breaks.
    private var broken: Broken?
    /// What should stand at the position, where the text is not well-formed.
    private var missing: String?
    /// What a schema finds wrong with what is well-formed.
    var mistakes = JSONMistakes()
    /// The external ids in what the schema knows; nil if mistakes are looked for.
    var names: [(place: Range<Int>, name: FoundNames.Name)]?

    enum Step {
        /// Where its name stands, without quotes.
        case member(Range<Int>)
        case item(Int)
    }

    private struct Name {
        let hash: UInt64
        let place: Range<Int>
    }

    private enum Broken {
        case rule(String)
        case repeatedName
        case depth
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// - Throws: 400 `malformed_json` for what is no JSON, is nested too deep, or names a member
    ///   twice; 422 at the place of what is too long or too much.
    /// - Returns: what the schema finds wrong, on top of that.
    /// - Parameters:
    ///   - schema: what the value has to look like; nil for any.
    ///   - checksRules: whether values have to follow their rules, too.
    @discardableResult
    static func check(
        _ bytes: [UInt8], _ limits: JSONLimits = .request, as schema: BodySchema? = nil,
        checksRules: Bool = false
    ) throws(Fault) -> JSONMistakes {
        guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil
        else { throw .malformedJSON("The body is not valid JSON: it must be UTF-8.") }
        return try bytes.withUnsafeBufferPointer { buffer -> Result<JSONMistakes, Fault> in
            let kind = schema.map { BodySchema.Kind.object($0) }
            var syntax = JSONSyntax(buffer, limits)
            syntax.mistakes.checksRules = checksRules
            let isValid = syntax.value(kind) && syntax.isAtEnd
            return isValid ? .success(syntax.mistakes) : .failure(syntax.fault)
        }.get()
    }

    private var isAtEnd: Bool {
        mutating get {
            if position < bytes.count { missing = "the end of the body" }
            return position == bytes.count
        }
    }

    private var fault: Fault {
        switch broken {
        case .rule(let rule): return .invalid(pointer, rule)
        case .repeatedName: return .malformedJSON("The body has \(pointer) twice.")
        case .depth:
            return .malformedJSON("The body is nested deeper than \(limits.depth) levels.")
        case nil:
            let (line, column) = place
            return .malformedJSON(
                "The body is not valid JSON at line \(line), column \(column)"
                    + (missing.map { ": \($0) is expected there." } ?? "."))
        }
    }

    /// Says what is wrong; for callers to return.
    private mutating func fail(_ broken: Broken) -> Bool {
        self.broken = broken
        return false
    }

    // MARK: Values

    /// Notes what should have been there; for callers to return.
    private mutating func expect(_ what: String) -> Bool {
        missing = missing ?? what
        return false
    }

    /// A value with the white space around it.
    /// - Parameters:
    ///   - kind: what it has to be; nil for anything.
    ///   - rule: which of these values are valid.
    mutating func value(
        _ kind: BodySchema.Kind? = nil, _ rule: Rule = Rule(), takesNull: Bool = false
    ) -> Bool {
        skipSpace()
        let start = position
        guard bareValue(kind) else { return false }
        if let kind { examine(start..<position, as: kind, rule, takesNull: takesNull) }
        skipSpace()
        return true
    }

    private mutating func bareValue(_ kind: BodySchema.Kind?) -> Bool {
        guard let byte = peek else { return expect("a value") }
        switch byte {
        case UInt8(ascii: "{"):
            if case .object(let schema)? = kind { return members(schema) }
            return members(nil)
        case UInt8(ascii: "["):
            if case .array(let item, let rule)? = kind { return items(item, rule) }
            return items(nil, Rule())
        case UInt8(ascii: "\""): return string(.value)
        case UInt8(ascii: "t"): return literal("true")
        case UInt8(ascii: "f"): return literal("false")
        case UInt8(ascii: "n"): return literal("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        default: return expect("a value")
        }
    }

    private mutating func members(_ schema: BodySchema?) -> Bool {
        guard path.count < limits.depth else { return fail(.depth) }
        position += 1
        skipSpace()
        if take("}") {
            if let schema { require(schema, besides: 0) }
            return true
        }
        let first = memberNames.count
        var count = 0
        // A bit for each member of the schema.
        var seen: UInt64 = 0
        repeat {
            count += 1
            guard count <= limits.members else {
                return fail(.rule("must not have more than \(limits.members) members"))
            }
            skipSpace()
            guard name(since: first) else { return false }
            skipSpace()
            guard take(":") else { return expect("a colon") }
            guard member(of: schema, &seen) else { return false }
            path.removeLast()
        } while take(",")
        memberNames.removeLast(memberNames.count - first)
        if let schema { require(schema, besides: seen) }
        return take("}") || expect("a comma or }")
    }

    private mutating func member(of schema: BodySchema?, _ seen: inout UInt64) -> Bool {
        guard let schema, case .member(let place)? = path.last else { return value() }
        guard let index = index(ofMember: place, in: schema) else {
            noteUnknown(place, schema)
            return value()
        }
        seen |= 1 << UInt64(index)
        let member = schema.members[index]
        return value(member.kind, member.rule, takesNull: !member.isRequired)
    }

    /// A member's name, which becomes the last step of the path.
    private mutating func name(since first: Int) -> Bool {
        let start = position + 1
        guard peek == UInt8(ascii: "\"") else { return expect("the name of a member, in quotes") }
        guard string(.name) else { return false }
        let place = start..<(position - 1)
        path.append(.member(place))
        guard limits.isStrict else { return true }
        let hash = hash(ofName: place)
        // At most a hundred numbers are compared.
        for other in memberNames[first...] where other.hash == hash {
            if text(of: other.place) == text(of: place) { return fail(.repeatedName) }
        }
        memberNames.append(Name(hash: hash, place: place))
        return true
    }

    private mutating func items(_ kind: BodySchema.Kind?, _ rule: Rule) -> Bool {
        guard path.count < limits.depth else { return fail(.depth) }
        position += 1
        skipSpace()
        if take("]") { return true }
        var count = 0
        repeat {
            guard count < limits.items else {
                return fail(.rule("must not have more than \(limits.items) items"))
            }
            path.append(.item(count))
            guard value(kind, rule) else { return false }
            path.removeLast()
            count += 1
        } while take(",")
        return take("]") || expect("a comma or ]")
    }

    private enum Use { case name, value }

    private mutating func string(_ use: Use) -> Bool {
        guard take("\"") else { return false }
        let limit = use == .name ? limits.nameBytes : limits.stringBytes
        var run = CombiningRun()
        var length = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return length <= limit || fail(.rule(lengthRule(use)))
            case 0..<0x20: return expect("an escape such as \\n in place of the control character")
            case UInt8(ascii: "\\"), 0x80...:
                let scalar = byte < 0x80 ? escape() : plainScalar()
                guard let scalar else { return expect("a valid escape") }
                length += UTF8.width(scalar)
                guard !limits.isStrict || run.allows(scalar) else {
                    return fail(.rule(markRule(use)))
                }
            default:
                position += 1
                length += 1
                run = CombiningRun()
            }
        }
        return expect("the closing quote")
    }

    private func lengthRule(_ use: Use) -> String {
        switch use {
        case .name: "must not have a member name longer than \(limits.nameBytes) bytes"
        case .value: "must not be longer than \(limits.stringBytes) bytes"
        }
    }

    private func markRule(_ use: Use) -> String {
        use == .value
            ? Text.combiningRule
            : "must not have a member name with more than \(CombiningRun.maximum) combining marks "
                + "in a row"
    }

    private mutating func number() -> Bool {
        let start = position
        _ = take("-")
        if !take("0") { guard digits() else { return false } }
        if take(".") { guard digits() else { return false } }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { return false }
        }
        guard position - start <= limits.numberLength else {
            return fail(
                .rule("must not be a number of more than \(limits.numberLength) characters"))
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = peek, byte &- 0x30 < 10 { position += 1 }
        return position > start || expect("a digit")
    }

    private mutating func literal(_ word: StaticString) -> Bool {
        for index in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[index] else { return expect("\(word)") }
            position += 1
        }
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            position += 1
        }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
}

extension Fault {
    fileprivate static func malformedJSON(_ detail: String) -> Fault {
        Fault(ProblemType.malformedJSON, detail)
    }
}
