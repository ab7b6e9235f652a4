/// Where a server of somebody else's is: scheme, host and port (RFC 6454 §4). A path, query,
/// fragment or user information has no place in it.
public struct HTTPOrigin: Sendable, Hashable {
    /// https
    public let isSecure: Bool
    /// In lower case; an IPv6 address stands without brackets.
    public let host: String
    /// The scheme's, if the URL has none.
    public let port: UInt16

    /// - Parameter text: such as `https://example.com`, with or without a slash at its end.
    public init?(_ text: String) {
        // ASCII alone: names in other scripts come in their ASCII form (RFC 5891).
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        let text = text.lowercased()
        isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else { return nil }
        var rest = text.dropFirst(isSecure ? 8 : 7)
        if rest.hasSuffix("/") { rest.removeLast() }
        guard let (host, port) = Self.split(rest) else { return nil }
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
    }

    private static func split(_ text: Substring) -> (host: String, port: UInt16?)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"),
                text[..<end].contains(":"),
                let address = IPAddress(text[text.index(after: text.startIndex)..<end])
            else { return nil }
            // In the form of an address, an IPv4-mapped one would no longer fit into brackets.
            let host = address.isIPv4 ? "::ffff:\(address.text)" : address.text
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (host, nil) }
            guard rest.hasPrefix(":") else { return nil }
            return port(rest.dropFirst()).map { (host, $0) }
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, isName(parts[0]) else { return nil }
        if parts.count == 1 { return (String(parts[0]), nil) }
        return port(parts[1]).map { (String(parts[0]), $0) }
    }

    private static func isName(_ text: Substring) -> Bool {
        (1...253).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || byte & 0xDF &- 0x41 < 26 || "._-".utf8.contains(byte)
            }
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- 0x30 < 10 }),
            let number = UInt16(text), number > 0
        else { return nil }
        return number
    }

    private var bracketed: String { host.contains(":") ? "[\(host)]" : host }

    /// What `Host` says: without the scheme's own port.
    public var authority: String {
        port == (isSecure ? 443 : 80) ? bracketed : "\(bracketed):\(port)"
    }

    /// `https://host:443`
    public var text: String { "\(isSecure ? "https" : "http")://\(bracketed):\(port)" }
}
