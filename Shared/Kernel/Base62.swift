/// Numbers in the digits `0-9A-Za-z`: what a double click selects as one word.
public enum Base62 {
    static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// `bytes` read as one big-endian number, with zeros in front up to `width` digits. A number
    /// that needs more than `width` keeps them all. 32 bytes need at most 43.
    public static func encode(_ bytes: [UInt8], width: Int) -> String {
        var number = bytes
        var reversed: [UInt8] = []
        reversed.reserveCapacity(width)
        var start = number.firstIndex { $0 != 0 } ?? number.endIndex
        while start < number.endIndex {
            var remainder: UInt16 = 0
            for i in start..<number.endIndex {
                let value = remainder << 8 | UInt16(number[i])
                number[i] = UInt8(value / 62)
                remainder = value % 62
            }
            reversed.append(digits[Int(remainder)])
            while start < number.endIndex, number[start] == 0 { start += 1 }
        }
        while reversed.count < width { reversed.append(digits[0]) }
        return String(decoding: reversed.reversed(), as: UTF8.self)
    }

    /// `value` with zeros in front up to `width` digits; 6 hold every UInt32.
    public static func encode(_ value: UInt32, width: Int) -> String {
        encode([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }, width: width)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
