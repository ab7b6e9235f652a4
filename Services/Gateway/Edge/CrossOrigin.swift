import HTTPCore

/// Decides which web pages can use the API from a browser (CORS: the Fetch standard, §3.3). A
/// page's script adds its bearer token itself, so browser credentials are not allowed.
struct CrossOrigin: Sendable {
    /// `*` alone, or exact origins as browsers send them.
    private let origins: [(bytes: [UInt8], fields: [Response.Field])]
    private let isOpen: Bool
    var isConfigured: Bool { !origins.isEmpty }

    private static let vary = Response.Field("Vary", "Origin")
    private static let exposed = Response.Field(
        "Access-Control-Expose-Headers",
        "ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
            + "Traceparent, WWW-Authenticate, X-Request-Id")
    private static let preflight = [
        Response.Field(
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer, "
                + "Traceparent, Tracestate, X-Request-Id"),
        // Seconds; every browser allows that many.
        Response.Field("Access-Control-Max-Age", "600"),
        Response.Field("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers"),
    ]

    init(origins: [String] = []) {
        self.origins = origins.map {
            let allowed = Response.Field("Access-Control-Allow-Origin", $0)
            return (Array($0.utf8), [allowed, Self.exposed, Self.vary])
        }
        isOpen = origins == ["*"]
    }

    /// The CORS fields of any response to `head`.
    func fields(for head: RequestHead) -> [Response.Field] {
        guard isConfigured else { return [] }
        return allowed(head)?.fields ?? [Self.vary]
    }

    /// Further CORS fields of a response to OPTIONS, if that is a preflight.
    func preflightFields(for head: RequestHead, allow: String) -> [Response.Field] {
        guard isConfigured, allowed(head) != nil,
            head.fields.values(named: "access-control-request-method").count == 1
        else { return [] }
        return [Response.Field("Access-Control-Allow-Methods", allow)] + Self.preflight
    }

    private func allowed(
        _ head: RequestHead
    ) -> (bytes: [UInt8], fields: [Response.Field])? {
        guard head.fields.count(of: .origin) == 1 else { return nil }
        return head.fields.withValue(.origin) { origin in
            // Any page can get the origin `null`: by a sandboxed frame, a data: URL.
            if isOpen { return origin.elementsEqual("null".utf8) ? nil : origins.first }
            return origins.first { $0.bytes.elementsEqual(origin) }
        } ?? nil
    }

    /// Whether a browser could send `text` as an origin (RFC 6454 §6.2): scheme, host and, unless
    /// it is the scheme's own, port, in lower case.
    static func isOrigin(_ text: String) -> Bool {
        guard let colon = text.firstRange(of: "://") else { return false }
        let scheme = text[..<colon.lowerBound]
        var host = text[colon.upperBound...]
        let isScheme =
            scheme.utf8.first.map { (97...122).contains($0) } ?? false
            && scheme.utf8.allSatisfy { isLowerOrDigit($0) || "+-.".utf8.contains($0) }
        if let end = host.lastIndex(of: ":"), !host[end...].contains("]") {
            let port = host[host.index(after: end)...]
            let usual = ["http": "80", "https": "443"][String(scheme)]
            guard port.utf8.allSatisfy({ (48...57).contains($0) }), port.first != "0",
                UInt16(port) != nil, String(port) != usual
            else { return false }
            host = host[..<end]
        }
        let isLiteral = host.hasPrefix("[") && host.hasSuffix("]")
        let name = isLiteral ? host.dropFirst().dropLast() : host
        return isScheme && !name.isEmpty
            && name.utf8.allSatisfy {
                isLowerOrDigit($0) || (isLiteral ? ":." : ".-_").utf8.contains($0)
            }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte)
    }
}
