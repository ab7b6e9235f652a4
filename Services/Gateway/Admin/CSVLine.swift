/// A line of CSV (RFC 4180).
struct CSVLine {
    private(set) var bytes: [UInt8] = []

    /// - Parameter fields: nil is an empty one.
    init(_ fields: [String?]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(field ?? "")
        }
        bytes += [13, 10]
    }

    /// Spreadsheets take what begins with one of `=+-@` or a control for a formula, quoted or not;
    /// with an apostrophe before it, they don't
    /// (https://owasp.org/www-community/attacks/CSV_Injection).
    private mutating func append(_ field: String) {
        var field = Array(field.utf8)
        if let first = field.first, first < 0x20 || "=+-@".utf8.contains(first) {
            field.insert(UInt8(ascii: "'"), at: 0)
        }
        guard field.contains(where: { $0 < 0x20 || ",;\"".utf8.contains($0) }) else {
            bytes += field
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in field {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
