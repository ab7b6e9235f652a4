import EventLoop
import HTTPCore

extension SMTPRelay {
    /// `[user:password@]host[:port][?tls=…]` (RFC 3986 §3.2), what follows the scheme. The ports
    /// are those of relays (25, RFC 5321 §4.5.4.2) and of submission (587 and 465, RFC 8314 §3.3).
    init(_ text: Substring, isImmediate: Bool) throws(MailURL.Mistake) {
        let query = text.firstIndex(of: "?")
        var authority = text[..<(query ?? text.endIndex)]
        if authority.hasSuffix("/") { authority = authority.dropLast() }
        var login: SMTPLogin?
        // An @ in a password must be encoded: else the host would depend on who reads the URL.
        if let at = authority.firstIndex(of: "@") {
            login = try SMTPLogin(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        let usual: UInt16 = isImmediate ? 465 : login == nil ? 25 : 587
        guard let (host, port) = Self.host(authority, usual) else {
            throw text.contains("@") ? .login : .form
        }
        let word = query.map { text[text.index(after: $0)...] }
        let security = try Self.security(word, isImmediate, hasLogin: login != nil)
        self.init(host: host, port: port, security: security, login: login)
        let isProtected = security == .required || security == .immediate
        guard login == nil || isProtected || security == .none && isLoopback else {
            throw .plainLogin
        }
    }

    private static func security(
        _ query: Substring?, _ isImmediate: Bool, hasLogin: Bool
    ) throws(MailURL.Mistake) -> Security {
        switch (query, isImmediate) {
        case (nil, true), ("tls=required"?, true): return .immediate
        case ("tls=required"?, false): return .required
        case ("tls=opportunistic"?, false): return .opportunistic
        case ("tls=none"?, false): return .none
        case (nil, false): return hasLogin ? .required : .opportunistic
        default: throw .security
        }
    }

    private static func host(_ text: Substring, _ usual: UInt16) -> (host: String, port: UInt16)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let address = text[text.index(after: text.startIndex)..<end]
            guard address.contains(":"), IPAddress(address) != nil,
                let port = port(text[text.index(after: end)...], usual)
            else { return nil }
            return (String(address), port)
        }
        let end = text.firstIndex(of: ":") ?? text.endIndex
        guard isName(text[..<end]), let port = port(text[end...], usual) else { return nil }
        return (String(text[..<end]), port)
    }

    private static func isName(_ text: Substring) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || byte & 0xDF &- 0x41 < 26 || "._-".utf8.contains(byte)
            }
    }

    /// - Parameter text: a colon and digits, or nothing.
    private static func port(_ text: Substring, _ usual: UInt16) -> UInt16? {
        if text.isEmpty { return usual }
        let digits = text.dropFirst().utf8
        guard text.hasPrefix(":"), (1...5).contains(digits.count),
            digits.allSatisfy({ $0 &- 0x30 < 10 }),
            let number = UInt16(text.dropFirst()), number > 0
        else { return nil }
        return number
    }
}

extension SMTPLogin {
    /// `user:password`, percent-encoded.
    fileprivate init(_ text: Substring) throws(MailURL.Mistake) {
        guard let colon = text.firstIndex(of: ":"),
            let user = Self.decode(text[..<colon]),
            let password = Self.decode(text[text.index(after: colon)...])
        else { throw .login }
        self.init(user: user, password: password)
    }

    /// Of any bytes but control characters: RFC 4616 §2 excludes NUL, and no provider has others.
    private static func decode(_ text: Substring) -> String? {
        // What RFC 3986 §3.2.1 allows besides letters, digits and escapes.
        let marks = "-._~!$&'()*+,;=:%".utf8
        let isEncoded = text.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || byte & 0xDF &- 0x41 < 26 || marks.contains(byte)
        }
        guard isEncoded,
            let decoded = Array(text.utf8).withUnsafeBytes({ PercentEncoding.decode($0) }),
            !decoded.isEmpty, decoded.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        return decoded
    }
}
