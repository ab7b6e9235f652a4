/// A wire type that reads itself from plain JSON, where a coder costs too much: a body of a
/// thousand items. It gives up on anything that is not plain; then the syntax is checked, and
/// `JSONDecoder` reads it, and reports what is wrong. So what it takes must be valid: JSON by
/// RFC 8259, with every required member exactly once, and no unknown one.
public protocol JSONByteReadable: Decodable {
    /// Nil for what is not plain: an escaped text, a member that is unknown, missing, there twice
    /// or of another kind.
    init?(from reader: inout JSONByteReader)
}

/// Goes through the bytes of one JSON text, once. It takes plain JSON alone, in which there is
/// nothing left to check: texts of ASCII without escapes, whole numbers without a sign.
public struct JSONByteReader: ~Copyable {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let items: Int
    private let stringBytes: Int
    private var position = 0
    /// Whether it gave up: a value that could not be read must not count as absent.
    private var gaveUp = false

    /// - Parameters:
    ///   - bytes: must outlive the reader.
    ///   - items: how many an array can have; it gives up on a longer one.
    ///   - stringBytes: how long a text can be; it gives up on a longer one.
    public init(
        _ bytes: UnsafeBufferPointer<UInt8>, items: Int = .max, stringBytes: Int = .max
    ) {
        self.bytes = bytes
        self.items = items
        self.stringBytes = stringBytes
    }

    /// Whether all was read, and nothing is left.
    public var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return !gaveUp && position == bytes.count
        }
    }

    private mutating func giveUp() -> Bool {
        gaveUp = true
        return false
    }

    /// Goes through an object. `member` reads the value of each name, and says whether it could.
    public mutating func object(
        _ member: (inout JSONByteReader, _ name: Name) -> Bool
    ) -> Bool {
        guard take("{") else { return giveUp() }
        if take("}") { return true }
        repeat {
            guard let name = plainText(), take(":"), member(&self, Name(bytes: name)) else {
                return giveUp()
            }
        } while take(",")
        return take("}") || giveUp()
    }

    /// Goes through an array. `item` reads each, and says whether it could.
    public mutating func array(_ item: (inout JSONByteReader) -> Bool) -> Bool {
        guard take("[") else { return giveUp() }
        if take("]") { return true }
        var count = 0
        repeat {
            count += 1
            guard count <= items, item(&self) else { return giveUp() }
        } while take(",")
        return take("]") || giveUp()
    }

    /// The next value, if it is a plain text; else nil.
    public mutating func string() -> String? {
        guard let text = plainText() else {
            gaveUp = true
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// An array; nil if `item` could not read one of its items.
    public mutating func list<Item>(_ item: (inout JSONByteReader) -> Item?) -> [Item]? {
        var items: [Item] = []
        let isList = array { reader in
            guard let next = item(&reader) else { return false }
            items.append(next)
            return true
        }
        return isList ? items : nil
    }

    /// The value of an object that has this one member; nil if `value` could not read it.
    public mutating func only<Value>(
        _ name: StaticString, _ value: (inout JSONByteReader) -> Value?
    ) -> Value? {
        var found: Value?
        let isPlain = object { reader, member in
            guard name ~= member, found == nil else { return false }
            found = value(&reader)
            return found != nil
        }
        return isPlain ? found : nil
    }

    /// Digits alone, at most 18 of them.
    public mutating func number() -> Int? {
        skipSpace()
        let start = position
        var number = 0
        while position < bytes.count, (48...57).contains(bytes[position]), position - start < 18 {
            number = number * 10 + Int(bytes[position] - 48)
            position += 1
        }
        let digits = position - start
        // What goes on after the digits is another kind of number; a leading 0 is not valid.
        guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0"),
            position < bytes.count, ",]} \n\r\t".utf8.contains(bytes[position])
        else {
            gaveUp = true
            return nil
        }
        return number
    }

    /// The name of a member.
    public struct Name {
        fileprivate let bytes: UnsafeBufferPointer<UInt8>

        /// Lets `switch` compare a name with literals.
        public static func ~= (name: StaticString, found: Name) -> Bool {
            found.bytes.count == name.utf8CodeUnitCount
                && found.bytes.elementsEqual(
                    UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }
    }

    /// What stands between two quotes.
    private mutating func plainText() -> UnsafeBufferPointer<UInt8>? {
        guard take("\"") else { return nil }
        let start = position
        skipPlain()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\""),
            position - start <= stringBytes
        else { return nil }
        position += 1
        return UnsafeBufferPointer(rebasing: bytes[start..<(position - 1)])
    }

    /// Goes to the next quote, backslash, control character or part of a longer UTF-8 sequence;
    /// eight bytes at a time.
    private mutating func skipPlain() {
        let start = UnsafeRawPointer(bytes.baseAddress)
        while let start, position + 8 <= bytes.count {
            let word = UInt64(
                littleEndian: start.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let ends =
                word | Self.less(word, than: 0x20) | Self.equal(word, UInt8(ascii: "\""))
                | Self.equal(word, UInt8(ascii: "\\"))
            // The lowest bit that is set belongs to the first such byte; higher ones can be wrong.
            let first = (ends & Self.highBits).trailingZeroBitCount
            position += first / 8
            guard first == 64 else { return }
        }
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20, 0x80...: return
            default: position += 1
            }
        }
    }

    private static let lowBits: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The high bit of the lowest byte that is less, and of no byte below it.
    /// - Parameter bound: at most 128.
    private static func less(_ word: UInt64, than bound: UInt8) -> UInt64 {
        (word &- lowBits &* UInt64(bound)) & ~word
    }

    private static func equal(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        less(word ^ lowBits &* UInt64(byte), than: 1)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
            return false
        }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
