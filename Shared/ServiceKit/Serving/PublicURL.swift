import FoundationEssentials
import HTTPCore

/// The address at which clients reach the gateway: `https://example.com`, or below a path as in
/// `https://example.com/access`. Every link that leaves the product is made of it, never of a
/// Host header.
public struct PublicURL: Sendable, Equatable {
    /// Without a slash at its end.
    public let text: String
    /// As browsers send it in `Origin` (RFC 6454 §6.2): in lower case, without the scheme's own
    /// port.
    public let origin: String
    /// What stands before every path of ours: empty, or `/access`.
    public let path: String

    /// Whether browsers reach it over TLS.
    public var isSecure: Bool { origin.hasPrefix("https:") }

    /// - Parameter text: an absolute http or https URL. Nil if it is none, or has what can't stand
    ///   before a path of ours: a query, a user, dot segments, characters that need an escape.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let parts = URLComponents(string: text, encodingInvalidCharacters: false),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host?.lowercased(), !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil,
            Self.isPrefix(parts.percentEncodedPath)
        else { return nil }
        self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
        let path = parts.percentEncodedPath
        self.path = path.hasSuffix("/") ? String(path.dropLast()) : path
        let usual = scheme == "https" ? 443 : 80
        let port = parts.port.flatMap { $0 == usual ? nil : ":\($0)" } ?? ""
        origin = "\(scheme)://\(host)\(port)"
    }

    /// Segments of unreserved characters (RFC 3986 §2.3), so that one spelling is all there is.
    private static func isPrefix(_ path: String) -> Bool {
        guard !path.isEmpty, path != "/" else { return true }
        let bare = path.hasSuffix("/") ? path.dropLast() : path[...]
        return bare.hasPrefix("/")
            && bare.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { segment in
                    !segment.isEmpty && segment != "." && segment != ".."
                        && PercentEncoding.encode(String(segment)) == segment
                }
    }
}

extension Settings {
    /// LATCHKEY_PUBLIC_URL; nil if it is not set.
    mutating func publicURL() -> PublicURL? {
        let name = "LATCHKEY_PUBLIC_URL"
        let meaning =
            "Public URL of the gateway, such as https://api.example.com or, with a path, "
            + "https://example.com/access: the base of every link in mails and responses"
        guard let given = text(name, meaning) else { return nil }
        let checked = PublicURL(given)
        if checked == nil {
            reject(
                name,
                "must be an absolute http or https URL without a query, such as "
                    + "https://example.com/access")
        }
        return checked
    }
}
