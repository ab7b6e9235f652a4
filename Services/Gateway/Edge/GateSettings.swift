import EventLoop
import Kernel
import ServiceKit

/// The configuration of the public port's gate.
struct GateSettings: Sendable {
    /// Requests a second; 0: no limit.
    let tokenRate: Int
    let addressRate: Int
    /// Requests of one caller; 0: no limit.
    let inFlight: Int
    /// Connections of one address; 0: no limit.
    let connections: Int
    let trustedProxies: [IPRange]
    let forwardingField: ForwardingField
    let origins: [String]

    init(_ settings: inout Settings) {
        tokenRate = settings.integer(
            "LATCHKEY_RATE_LIMIT", default: 100, in: 0...1_000_000,
            "Requests a second per token, with bursts of two seconds' worth; 0: no limit")
        addressRate = settings.integer(
            "LATCHKEY_RATE_LIMIT_ADDRESS", default: tokenRate == 0 ? 0 : 20, in: 0...1_000_000,
            "Requests a second without a valid token per client address (IPv6: per /64); 0: no "
                + "limit, which is the default if LATCHKEY_RATE_LIMIT is 0")
        inFlight = settings.integer(
            "LATCHKEY_IN_FLIGHT", default: 128, in: 0...1_000_000,
            "Requests in flight per user, over all tokens, or per client address without a valid "
                + "token; beyond it 429; 0: no limit")
        connections = settings.integer(
            "LATCHKEY_CONNECTIONS_PER_ADDRESS", default: 256, in: 0...1_000_000,
            "Open connections per client address (IPv6: per /64), except trusted proxies; beyond "
                + "it 503; 0: no limit")
        trustedProxies = Self.list(
            "LATCHKEY_TRUSTED_PROXIES", &settings,
            "Addresses and CIDR ranges, comma-separated, of trusted proxies; their "
                + "LATCHKEY_FORWARDED_FIELD names the client",
            rule: "must be addresses or CIDR ranges such as 10.0.0.0/8, comma-separated",
            IPRange.init)
        let fields = ForwardingField.allCases
        forwardingField =
            settings.choice(
                "LATCHKEY_FORWARDED_FIELD", default: fields[0].rawValue,
                "The field that the trusted proxies write; the other one is ignored",
                fields.map(\.rawValue)
            ) { name in
                fields.first { $0.rawValue.lowercased() == name.lowercased() }
            } ?? .xForwardedFor
        var origins = Self.list(
            "LATCHKEY_CORS_ORIGINS", &settings,
            "Origins of web pages that can use the API, comma-separated, or * for all except "
                + "the origin null (CORS)",
            rule: "must be origins as browsers send them, such as https://app.example or "
                + "http://localhost:3000, comma-separated, or * alone"
        ) { $0 == "*" || CrossOrigin.isOrigin($0) ? $0 : nil }
        if origins.contains("*"), origins.count > 1 {
            settings.reject("LATCHKEY_CORS_ORIGINS", "must name either origins or * alone")
            origins = []
        }
        self.origins = origins
    }

    private static func list<Item>(
        _ name: String, _ settings: inout Settings, _ meaning: String, rule: String,
        _ parse: (String) -> Item?
    ) -> [Item] {
        guard let text = settings.text(name, meaning) else { return [] }
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        let items = words.compactMap { parse(String(Text.trimmed($0))) }
        if items.count != words.count { settings.reject(name, rule) }
        return items
    }
}
