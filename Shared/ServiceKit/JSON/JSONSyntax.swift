import Kernel

/// Whether bytes are one JSON text, strictly by RFC 8259, and within `JSONLimits`.
/// Foundation's decoder looks at numbers and strings only when somebody asks for them, and takes
/// UTF-16 and trailing commas; so what is JSON would depend on the type it is decoded to.
///
/// It goes over each byte once. What it refuses it names by its place.
struct JSONSyntax {
    let limits: JSONLimits
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    /// Where we are, from the outside in.
    private(set) var path: [Step] = []
    /// The names of the objects we are in, those of each behind those of the one around it.
    private var names: [Name] = []
    /// The rule that what is well-formed breaks.
    private var broken: Broken?

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

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// - Throws: 400 `malformed_json` for what is no JSON, is nested too deep, or names a member
    ///   twice; 422 at the place of what is too long or too much.
    static func check(_ bytes: [UInt8], _ limits: JSONLimits = .request) throws(Fault) {
        guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil
        else { throw .malformedJSON("The body is not valid JSON: it must be UTF-8.") }
        let fault = bytes.withUnsafeBufferPointer { buffer -> Fault? in
            var syntax = JSONSyntax(buffer, limits)
            let isValid = syntax.value() && syntax.position == buffer.count
            return isValid ? nil : syntax.fault
        }
        if let fault { throw fault }
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
                "The body is not valid JSON at line \(line), column \(column).")
        }
    }

    /// Says what is wrong; for callers to return.
    private mutating func fail(_ broken: Broken) -> Bool {
        self.broken = broken
        return false
    }

    // MARK: Values

    /// A value with the white space around it.
    private mutating func value() -> Bool {
        skipSpace()
        guard bareValue() else { return false }
        skipSpace()
        return true
    }

    private mutating func bareValue() -> Bool {
        guard let byte = peek else { return false }
        switch byte {
        case UInt8(ascii: "{"): return members()
        case UInt8(ascii: "["): return items()
        case UInt8(ascii: "\""): return string(.value)
        case UInt8(ascii: "t"): return literal("true")
        case UInt8(ascii: "f"): return literal("false")
        case UInt8(ascii: "n"): return literal("null")
        default: return number()
        }
    }

    private mutating func members() -> Bool {
        guard path.count < limits.depth else { return fail(.depth) }
        position += 1
        skipSpace()
        if take("}") { return true }
        let first = names.count
        var count = 0
        repeat {
            count += 1
            guard count <= limits.members else {
                return fail(.rule("must not have more than \(limits.members) members"))
            }
            skipSpace()
            guard name(since: first) else { return false }
            skipSpace()
            guard take(":"), value() else { return false }
            path.removeLast()
        } while take(",")
        names.removeLast(names.count - first)
        return take("}")
    }

    /// A member's name, which becomes the last step of the path.
    private mutating func name(since first: Int) -> Bool {
        let start = position + 1
        guard string(.name) else { return false }
        let place = start..<(position - 1)
        path.append(.member(place))
        guard limits.isStrict else { return true }
        let hash = hash(ofName: place)
        // At most a hundred numbers are compared.
        for other in names[first...] where other.hash == hash {
            if text(of: other.place) == text(of: place) { return fail(.repeatedName) }
        }
        names.append(Name(hash: hash, place: place))
        return true
    }

    private mutating func items() -> Bool {
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
            guard value() else { return false }
            path.removeLast()
            count += 1
        } while take(",")
        return take("]")
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
            case 0..<0x20: return false
            case UInt8(ascii: "\\"), 0x80...:
                let scalar = byte < 0x80 ? escape() : plainScalar()
                guard let scalar else { return false }
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
        return false
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
        return position > start
    }

    private mutating func literal(_ word: StaticString) -> Bool {
        for index in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[index] else { return false }
            position += 1
        }
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
}

// MARK: Characters

extension JSONSyntax {
    /// The scalar at the position, whose UTF-8 has been checked.
    private mutating func plainScalar() -> Unicode.Scalar {
        let lead = bytes[position]
        if lead < 0x80 {
            position += 1
            return Unicode.Scalar(lead)
        }
        let width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        var value = UInt32(lead) & (0x7F >> UInt32(width))
        for offset in 1..<width { value = value << 6 | UInt32(bytes[position + offset] & 0x3F) }
        position += width
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    /// An escape. Half a surrogate pair is no character (RFC 8259 §8.2).
    private mutating func escape() -> Unicode.Scalar? {
        position += 1
        guard let byte = peek else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "u"): break
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        default: return "\"\\/".utf8.contains(byte) ? Unicode.Scalar(byte) : nil
        }
        guard let unit = codeUnit() else { return nil }
        guard (0xD800...0xDBFF).contains(unit) else { return Unicode.Scalar(unit) }
        guard take("\\"), take("u"), let low = codeUnit(), (0xDC00...0xDFFF).contains(low) else {
            return nil
        }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    }

    private mutating func codeUnit() -> UInt32? {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek else { return nil }
            switch byte {
            case 0x30...0x39: unit = unit << 4 | UInt32(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: unit = unit << 4 | UInt32((byte | 0x20) - 0x61 + 10)
            default: return nil
            }
            position += 1
        }
        return unit
    }
}

// MARK: Places

extension JSONSyntax {
    /// FNV-1a of a name as it reads. Names that collide are compared, at most a
    /// hundred names of 1,024 bytes.
    private func hash(ofName place: Range<Int>) -> UInt64 {
        func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
            bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        let name = bytes[place]
        let isPlain = name.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\\") }
        return isPlain ? hash(name) : hash(text(of: place).utf8)
    }

    /// A name as it reads, composed: the decoder takes canonically equal names for one, such as
    /// those with U+212A and K.
    private func text(of place: Range<Int>) -> String {
        var reader = JSONSyntax(UnsafeBufferPointer(rebasing: bytes[place]), limits)
        var text = String.UnicodeScalarView()
        while let byte = reader.peek {
            let scalar = byte == UInt8(ascii: "\\") ? reader.escape() : reader.plainScalar()
            text.append(scalar ?? "\u{FFFD}")
        }
        return Text.composed(String(text))
    }

    /// RFC 6901; the empty pointer is the whole body.
    private var pointer: String {
        path.map { step in
            switch step {
            case .item(let index): "/\(index)"
            case .member(let place): JSON.pointer(toMember: text(of: place))
            }
        }.joined()
    }

    /// The line and column of the position, in characters from 1.
    private var place: (line: Int, column: Int) {
        let before = bytes[..<position]
        let start = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        return (line, before[start...].count { $0 & 0xC0 != 0x80 } + 1)
    }
}

extension Fault {
    fileprivate static func malformedJSON(_ detail: String) -> Fault {
        Fault(ProblemType.malformedJSON, detail)
    }
}
