import EventLoop
import HTTPCore
import HTTPServer

/// Finds the client's address of a request. Any client can send any `X-Forwarded-For`; only what
/// trusted proxies add to it counts.
struct ClientAddresses: Sendable {
    let trustedProxies: [IPRange]
    /// The one field that those proxies write. Never both: they forward the other one as the client
    /// sent it.
    let field: ForwardingField

    init(trustedProxies: [IPRange], field: ForwardingField = .xForwardedFor) {
        self.trustedProxies = trustedProxies
        self.field = field
    }

    func client(of exchange: Exchange) -> Peer { client(exchange.head, from: exchange.peer) }

    /// - Parameter head: as far as it could be read.
    func client(_ head: RequestHead?, from peer: Peer) -> Peer {
        guard let head, isTrusted(peer.address), let client = forwarded(head.fields) else {
            return peer
        }
        return Peer(address: client, host: client.text)
    }

    /// The right-most address that isn't one of our proxies. The client may have written what is
    /// left of it, so that is not read. Nil if there is none, or if an entry before it is not an
    /// address (`unknown`, an obfuscated name, garbage).
    private func forwarded(_ fields: FieldList) -> IPAddress? {
        for node in Forwarded.nodes(field.name, in: fields).reversed() {
            guard let address = node.flatMap({ IPAddress($0) }) else { return nil }
            if !isTrusted(address) { return address }
        }
        return nil
    }

    private func isTrusted(_ address: IPAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }
}

/// The fields in which a proxy can name its client.
enum ForwardingField: String, CaseIterable, Sendable {
    case xForwardedFor = "X-Forwarded-For"
    /// RFC 7239.
    case forwarded = "Forwarded"

    var name: FieldName { self == .forwarded ? .forwarded : .xForwardedFor }
}
