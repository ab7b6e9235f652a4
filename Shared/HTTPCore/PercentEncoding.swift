/// Percent-encoding (RFC 3986 §2.1) and form encoding (WHATWG URL, urlencoded).
public enum PercentEncoding {
    /// Decodes once; nil if an escape is cut short or the result is not UTF-8.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, plusIsSpace: Bool = false
    ) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var i = 0
        while i < bytes.count {
            if bytes[i] == ASCII.percent {
                guard let byte = escape(bytes, at: i) else { return nil }
                decoded.append(byte)
                i += 3
            } else {
                let isSpace = plusIsSpace && bytes[i] == UInt8(ascii: "+")
                decoded.append(isSpace ? ASCII.space : bytes[i])
                i += 1
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// `a=1&b=2`; at most 100 pairs are read.
    public static func form(
        _ bytes: UnsafeRawBufferPointer
    ) -> [(name: String, value: String)]? {
        var items: [(name: String, value: String)] = []
        let pairs = bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true)
        for pair in pairs.prefix(100) {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let text = parts.map { decode(UnsafeRawBufferPointer(rebasing: $0), plusIsSpace: true) }
            guard let name = text[0] else { return nil }
            guard text.count == 2 else {
                items.append((name, ""))
                continue
            }
            guard let value = text[1] else { return nil }
            items.append((name, value))
        }
        return items
    }

    /// Everything but unreserved characters escaped: fit for one path segment or query value.
    public static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.append(byte)
            default: out += [ASCII.percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    static func escape(_ bytes: UnsafeRawBufferPointer, at i: Int) -> UInt8? {
        guard i + 2 < bytes.count, let high = ASCII.hex(bytes[i + 1]),
            let low = ASCII.hex(bytes[i + 2])
        else { return nil }
        return high << 4 | low
    }
}
