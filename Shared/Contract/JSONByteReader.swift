/// A wire type that reads itself from plain JSON, where a coder costs too much: a body of a
/// thousand items. It gives up on anything that is not plain; `JSONDecoder` then reads it, and
/// reports what is wrong.
public protocol JSONByteReadable: Decodable {
    /// Nil for what is not plain: an escaped text, a member that is unknown, missing, there twice
    /// or of another kind.
    init?(from reader: inout JSONByteReader)
}

/// Goes through the bytes of one JSON text, whose syntax has been checked.
public struct JSONByteReader: ~Copyable {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// - Parameter bytes: valid JSON; must outlive the reader.
    public init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Whether nothing is left.
    public var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == bytes.count
        }
    }

    /// Goes through an object. `member` reads the value of each name, and says whether it could.
    public mutating func object(
        _ member: (inout JSONByteReader, _ name: Name) -> Bool
    ) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        repeat {
            guard let name = plainText(), take(":"), member(&self, Name(bytes: name)) else {
                return false
            }
        } while take(",")
        return take("}")
    }

    /// Goes through an array. `item` reads each, and says whether it could.
    public mutating func array(_ item: (inout JSONByteReader) -> Bool) -> Bool {
        guard take("[") else { return false }
        if take("]") { return true }
        repeat {
            guard item(&self) else { return false }
        } while take(",")
        return take("]")
    }

    /// The next value, if it is a string without escapes; else nil.
    public mutating func string() -> String? {
        plainText().map { String(decoding: $0, as: UTF8.self) }
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
        var (number, digits) = (0, 0)
        while position < bytes.count, (48...57).contains(bytes[position]), digits < 18 {
            number = number * 10 + Int(bytes[position] - 48)
            position += 1
            digits += 1
        }
        guard digits > 0, position < bytes.count else { return nil }
        // What goes on after the digits is another kind of number.
        return ",]} \n\r\t".utf8.contains(bytes[position]) ? number : nil
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

    /// What stands between two quotes, if nothing in it is escaped.
    private mutating func plainText() -> UnsafeBufferPointer<UInt8>? {
        guard take("\"") else { return nil }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return UnsafeBufferPointer(rebasing: bytes[start..<(position - 1)])
            case UInt8(ascii: "\\"): return nil
            default: position += 1
            }
        }
        return nil
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
        while position < bytes.count,
            bytes[position] == 0x20 || (0x09...0x0D).contains(bytes[position])
        {
            position += 1
        }
    }
}
