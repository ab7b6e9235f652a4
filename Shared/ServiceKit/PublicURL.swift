import FoundationEssentials

extension Settings {
    /// LATCHKEY_PUBLIC_URL: where clients reach the gateway, without a slash at its end; nil where
    /// nobody said.
    public mutating func publicURL(_ meaning: String) -> String? {
        let name = "LATCHKEY_PUBLIC_URL"
        guard let given = text(name, meaning) else { return nil }
        let checked = PublicURL.checked(given)
        if checked == nil {
            reject(name, "must be an absolute http or https URL without query")
        }
        return checked
    }
}

/// The address at which clients reach the gateway.
public enum PublicURL {
    /// `text` without a slash at its end; nil if it is no absolute http or https URL, or has what
    /// would be in the way of a path behind it.
    public static func checked(_ text: String) -> String? {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let parts = URLComponents(string: text, encodingInvalidCharacters: false),
            ["http", "https"].contains(parts.scheme?.lowercased()),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil,
            parts.query == nil, parts.fragment == nil
        else { return nil }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
