/// The declared type of a body.
enum MediaType {
    /// `application/json` or `application/…+json`, with or without `charset=utf-8`.
    static func isJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        let parts = text.lowercased().split(separator: ";", omittingEmptySubsequences: false).map {
            $0.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }
                .reversed()
        }
        guard let type = parts.first.map({ String($0) }) else { return false }
        let isJSON =
            type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
        // RFC 8259 §8.1: JSON is UTF-8. Other parameters mean nothing to us.
        let charsets = parts.dropFirst().map { String($0) }.filter { $0.hasPrefix("charset=") }
        return isJSON && charsets.allSatisfy { $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" }
    }
}
