import EventLoop
import HTTPCore
import HTTPServer

/// Which address a request comes from. Whoever connects may claim any `X-Forwarded-For`; only what
/// a proxy of ours has added to it is believed.
struct ClientAddresses: Sendable {
    let trustedProxies: [IPRange]

    /// Nil when the client is gone.
    func client(of exchange: Exchange) -> IPAddress? {
        guard let peer = exchange.remoteAddress else { return nil }
        guard isTrusted(peer) else { return peer }
        return forwarded(exchange.head.fields) ?? peer
    }

    /// The right-most address that is none of our proxies. What stands left of it the client may
    /// have written himself; it is not even read. Nil if there is none, or garbage comes first.
    private func forwarded(_ fields: FieldList) -> IPAddress? {
        for item in fields.items(of: .xForwardedFor).reversed() {
            guard let address = IPAddress(item) else { return nil }
            if !isTrusted(address) { return address }
        }
        return nil
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }
}
