import Glibc

/// Host = uri-host [ ":" port ] (RFC 9110 §7.2). It reaches links and logs, so junk ends here.
enum HostRule {
    static func isValid(_ host: UnsafeRawBufferPointer) -> Bool {
        // RFC 9112 §3.2 lets a URI without an authority have an empty Host, but an http URI has one
        // (RFC 9110 §4.2.1), and whoever reads an empty name reads something else than we do.
        guard (1...262).contains(host.count) else { return false }
        if host[0] == UInt8(ascii: "[") { return isValidLiteral(host) }
        var end = 0
        while end < host.count, host[end] != ASCII.colon { end += 1 }
        let name = UnsafeRawBufferPointer(rebasing: host[..<end])
        return isRegisteredName(name) && isPort(host, from: end)
    }

    /// reg-name without percent-escapes: no host that resolves needs one.
    private static func isRegisteredName(_ name: UnsafeRawBufferPointer) -> Bool {
        !name.isEmpty
            && name.allSatisfy { ASCII.isPathByte($0) && $0 != UInt8(ascii: "@") }
    }

    private static func isPort(_ host: UnsafeRawBufferPointer, from colon: Int) -> Bool {
        guard colon < host.count else { return true }
        guard host[colon] == ASCII.colon else { return false }
        let digits = UnsafeRawBufferPointer(rebasing: host[(colon + 1)...])
        guard !digits.isEmpty else { return true }  // RFC 3986 §3.2.3 allows a port of no digits
        return digits.count <= 5 && Digits.decimal(digits).map { $0 <= 65_535 } ?? false
    }

    /// An IPv6 address in brackets; inet_pton(3) knows what is one.
    private static func isValidLiteral(_ host: UnsafeRawBufferPointer) -> Bool {
        guard let close = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
        let text = String(decoding: host[1..<close], as: UTF8.self)
        var address = in6_addr()
        guard text.utf8.count <= 45, !text.utf8.contains(0),
            inet_pton(AF_INET6, text, &address) == 1
        else { return false }
        return isPort(host, from: close + 1)
    }
}
