import Kernel

/// Percent-encoding (RFC 3986 §2.1) and form encoding (WHATWG URL, urlencoded).
public enum PercentEncoding {
    /// The most pairs of a form or query.
    public static let maximumPairs = 100

    /// Decodes once; nil if an escape is cut short, or the result is not UTF-8 or has a run of
    /// combining marks that is too long to work with (`CombiningRun`).
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, plusIsSpace: Bool = false
    ) -> String? {
        let text = withDecoded(bytes, plusIsSpace: plusIsSpace) {
            String(validating: $0, as: UTF8.self)
        }
        return text.flatMap { Text.isStreamSafe($0) ? $0 : nil }
    }

    /// Whether the decoded bytes contain a mark whose first character stands nowhere else in it,
    /// but for its end; nil if an escape is cut short.
    public static func contains(
        _ mark: StaticString, in bytes: UnsafeRawBufferPointer
    ) -> Bool? {
        let mark = UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
        var matched = 0
        var i = 0
        while i < bytes.count {
            var byte = bytes[i]
            i += 1
            if byte == ASCII.percent {
                guard let escaped = escape(bytes, at: i - 1) else { return nil }
                byte = escaped
                i += 2
            }
            if byte == mark[matched] {
                matched += 1
                if matched == mark.count { return true }
            } else {
                matched = byte == mark[0] ? 1 : 0
            }
        }
        return false
    }

    /// Lends the decoded bytes, which are in no array of their own; nil if an escape is cut short.
    static func withDecoded<T>(
        _ bytes: UnsafeRawBufferPointer, plusIsSpace: Bool = false,
        _ body: (UnsafeRawBufferPointer) -> T?
    ) -> T? {
        withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 1) { out in
            var count = 0
            var i = 0
            while i < bytes.count {
                if bytes[i] == ASCII.percent {
                    guard let byte = escape(bytes, at: i) else { return nil }
                    out[count] = byte
                    i += 3
                } else {
                    let isSpace = plusIsSpace && bytes[i] == UInt8(ascii: "+")
                    out[count] = isSpace ? ASCII.space : bytes[i]
                    i += 1
                }
                count += 1
            }
            return body(UnsafeRawBufferPointer(rebasing: out[..<count]))
        }
    }

    /// `a=1&b=2`; nil if a part is none by `decode`, or there are more than `maximumPairs`.
    public static func form(
        _ bytes: UnsafeRawBufferPointer
    ) -> [(name: String, value: String)]? {
        var items: [(name: String, value: String)] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
            let pair = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            start = end + 1
            if pair.isEmpty { continue }
            guard items.count < maximumPairs, let item = item(pair) else { return nil }
            items.append(item)
        }
        return items
    }

    static func item(_ pair: UnsafeRawBufferPointer) -> (name: String, value: String)? {
        let nameEnd = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.count
        let valueStart = min(nameEnd + 1, pair.count)
        guard
            let name = decode(
                UnsafeRawBufferPointer(rebasing: pair[..<nameEnd]), plusIsSpace: true),
            let value = decode(
                UnsafeRawBufferPointer(rebasing: pair[valueStart...]), plusIsSpace: true)
        else { return nil }
        return (name, value)
    }

    /// Everything but unreserved characters escaped: fit for one path segment or query value.
    public static func encode(_ text: String) -> String {
        var out: [UInt8] = []
        append(text, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    static func append(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { bytes in
            // Our own ids need no escape.
            if bytes.allSatisfy(isUnreserved) { return out.append(contentsOf: bytes) }
            for byte in bytes { append(byte, to: &out) }
        }
    }

    /// RFC 3986 §2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    /// One spelling for all that mean the same (RFC 3986 §6.2.2): unreserved characters as they
    /// are, other escapes in upper case. What is no escape stays.
    public static func normalize(_ text: String) -> String {
        var out: [UInt8] = []
        Array(text.utf8).withUnsafeBytes { bytes in
            var i = 0
            while i < bytes.count {
                if bytes[i] == ASCII.percent, let byte = escape(bytes, at: i) {
                    append(byte, to: &out)
                    i += 3
                } else {
                    out.append(bytes[i])
                    i += 1
                }
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Escaped, unless it is unreserved.
    private static func append(_ byte: UInt8, to out: inout [UInt8]) {
        if isUnreserved(byte) { return out.append(byte) }
        let digits: StaticString = "0123456789ABCDEF"
        out += [ASCII.percent, digits.utf8Start[Int(byte >> 4)], digits.utf8Start[Int(byte & 15)]]
    }

    static func escape(_ bytes: UnsafeRawBufferPointer, at i: Int) -> UInt8? {
        guard i + 2 < bytes.count, let high = ASCII.hex(bytes[i + 1]),
            let low = ASCII.hex(bytes[i + 2])
        else { return nil }
        return high << 4 | low
    }
}
