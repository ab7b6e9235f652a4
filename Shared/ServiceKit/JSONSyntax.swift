/// Whether bytes are one JSON text, strictly as RFC 8259 has it. Foundation's decoder looks at
/// numbers and strings only when somebody asks for them, and takes UTF-16 and trailing commas; so
/// what is JSON would depend on the type it is decoded to.
struct JSONSyntax {
    /// Nesting of objects and arrays; far above any body of ours, below what Foundation allows.
    static let maximumDepth = 100

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    static func isValid(_ bytes: [UInt8]) -> Bool {
        let isText =
            bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
        return isText
            && bytes.withUnsafeBufferPointer { buffer in
                var syntax = JSONSyntax(buffer)
                return syntax.value(depth: 0) && syntax.position == buffer.count
            }
    }

    /// A value with the white space around it.
    private mutating func value(depth: Int) -> Bool {
        skipSpace()
        defer { skipSpace() }
        guard let byte = peek, depth <= Self.maximumDepth else { return false }
        switch byte {
        case UInt8(ascii: "{"): return members(depth: depth + 1)
        case UInt8(ascii: "["): return items(depth: depth + 1)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return literal("true")
        case UInt8(ascii: "f"): return literal("false")
        case UInt8(ascii: "n"): return literal("null")
        default: return number()
        }
    }

    private mutating func members(depth: Int) -> Bool {
        position += 1
        skipSpace()
        if take("}") { return true }
        repeat {
            skipSpace()
            guard string() else { return false }
            skipSpace()
            guard take(":"), value(depth: depth) else { return false }
        } while take(",")
        return take("}")
    }

    private mutating func items(depth: Int) -> Bool {
        position += 1
        skipSpace()
        if take("]") { return true }
        repeat {
            guard value(depth: depth) else { return false }
        } while take(",")
        return take("]")
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard escape() else { return false }
            case 0..<0x20: return false
            default: break
            }
        }
        return false
    }

    /// What follows a backslash. Half a surrogate pair is no character (RFC 8259 §8.2).
    private mutating func escape() -> Bool {
        guard let byte = peek else { return false }
        position += 1
        guard byte == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(byte) }
        guard let unit = codeUnit() else { return false }
        switch unit {
        case 0xD800...0xDBFF:
            guard take("\\"), take("u"), let low = codeUnit() else { return false }
            return (0xDC00...0xDFFF).contains(low)
        case 0xDC00...0xDFFF: return false
        default: return true
        }
    }

    private mutating func codeUnit() -> Int? {
        var unit = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                return nil
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0") { guard digits() else { return false } }
        if take(".") { guard digits() else { return false } }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = peek, (48...57).contains(byte) { position += 1 }
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
