/// RFC 4648 §4, as a Content Security Policy wants it.
public enum Base64 {
    /// With padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        let url = Base64URL.encode(bytes)
        let text = String(url.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }
}
