import EventLoop

/// An address of an identity provider: https, so that nobody in between can replace its keys. Plain
/// http is accepted for a loopback address alone, where there is no in between.
struct ProviderURL: Sendable, Equatable {
    let text: String
    let origin: HTTPOrigin
    /// Path and query, as in a request.
    let target: String

    /// Nil for any other text, for one with a user or fragment, and for what can't be in a request.
    init?(_ text: String) {
        let scheme = text.hasPrefix("https://") ? 8 : 7
        guard text.utf8.count <= 2_048, scheme == 8 || text.hasPrefix("http://"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
        else { return nil }
        let rest = text.dropFirst(scheme)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard let origin = HTTPOrigin(String(text[..<end])), !rest[..<end].contains("@"),
            origin.isSecure || Self.isLoopback(origin.host)
        else { return nil }
        self.text = text
        self.origin = origin
        let target = String(rest[end...])
        self.target = target.hasPrefix("/") ? target : "/" + target
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1"
            || IPAddress(host).map { $0.isIPv4 && $0.text.hasPrefix("127.") } ?? false
    }

    /// Where an issuer describes itself. OpenID Connect Discovery 1.0 §4 appends the well-known
    /// path, RFC 8414 §3.1 puts it before the issuer's own.
    static func descriptions(of issuer: String) -> [ProviderURL] {
        guard let url = ProviderURL(issuer), !url.target.contains("?") else { return [] }
        let bare = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let path = url.target == "/" ? "" : url.target
        let root = issuer.dropLast(issuer.hasSuffix("/") && path.isEmpty ? 1 : path.utf8.count)
        let ownPath = path.hasSuffix("/") ? String(path.dropLast()) : path
        return [
            bare + "/.well-known/openid-configuration",
            root + "/.well-known/oauth-authorization-server" + ownPath,
        ].compactMap { ProviderURL($0) }
    }
}
