import Kernel

extension JSONSyntax {
    /// The scalar at the position, whose UTF-8 has been checked.
    mutating func plainScalar() -> Unicode.Scalar {
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
    mutating func escape() -> Unicode.Scalar? {
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
    func hash(ofName place: Range<Int>) -> UInt64 {
        func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
            bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        let name = bytes[place]
        let isPlain = name.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\\") }
        return isPlain ? hash(name) : hash(text(of: place).utf8)
    }

    /// A name as it reads, composed: the decoder takes canonically equal names for one, such as
    /// those with U+212A and K.
    func text(of place: Range<Int>) -> String {
        var reader = JSONSyntax(UnsafeBufferPointer(rebasing: bytes[place]), limits)
        var text = String.UnicodeScalarView()
        while let byte = reader.peek {
            let scalar = byte == UInt8(ascii: "\\") ? reader.escape() : reader.plainScalar()
            text.append(scalar ?? "\u{FFFD}")
        }
        return Text.composed(String(text))
    }

    /// RFC 6901; the empty pointer is the whole body.
    var pointer: String {
        path.map { step in
            switch step {
            case .item(let index): "/\(index)"
            case .member(let place): JSON.pointer(toMember: text(of: place))
            }
        }.joined()
    }

    /// The line and column of the position, in characters from 1.
    var place: (line: Int, column: Int) {
        let before = bytes[..<position]
        let start = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        return (line, before[start...].count { $0 & 0xC0 != 0x80 } + 1)
    }
}
