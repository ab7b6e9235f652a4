/// Which addresses we connect to when somebody else has chosen the name (webhooks, storage): a
/// request of ours must not reach what only we can (server-side request forgery). Ranges: the IANA
/// special-purpose registries for IPv4 and IPv6.
public struct AddressPolicy: Sendable {
    /// The class of an address.
    public enum Kind: Sendable {
        /// On the internet.
        case global
        /// This machine or a network beside it: for those who run everything themselves.
        case local
        /// Never: instance metadata, link-local, multicast, documentation, reserved.
        case forbidden
    }

    /// Whether `local` addresses are allowed too.
    public let allowsPrivate: Bool

    public init(allowsPrivate: Bool = false) { self.allowsPrivate = allowsPrivate }

    /// Whether we connect to `address`.
    public func allows(_ address: IPAddress) -> Bool {
        switch Self.kind(of: address) {
        case .global: true
        case .local: allowsPrivate
        case .forbidden: false
        }
    }

    /// The class of `address`; of IPv6 that carries IPv4, the worse of both.
    public static func kind(of address: IPAddress) -> Kind {
        if forbidden.contains(where: { $0.contains(address) }) { return .forbidden }
        if local.contains(where: { $0.contains(address) }) { return .local }
        if address.isIPv4 { return .global }
        let carried = carriedIPv4(address)
        if carried.contains(where: { kind(of: $0) == .forbidden }) { return .forbidden }
        if carried.contains(where: { kind(of: $0) == .local }) { return .local }
        // Of IPv6, only this has been given out (RFC 4291 §2.4).
        return unicast.contains(where: { $0.contains(address) }) ? .global : .forbidden
    }

    /// The IPv4 addresses that a packet to this one ends at, or goes through: 6to4 (RFC 3056 §2),
    /// NAT64 (RFC 6052 §2.1), Teredo's server and, inverted, client (RFC 4380 §4). IPv4-mapped ones
    /// are IPv4 already.
    private static func carriedIPv4(_ address: IPAddress) -> [IPAddress] {
        func v4(_ bits: UInt64) -> IPAddress {
            IPAddress(high: 0, low: 0xFFFF_0000_0000 | bits & 0xFFFF_FFFF)
        }
        if sixToFour.contains(where: { $0.contains(address) }) { return [v4(address.high >> 16)] }
        if nat64.contains(where: { $0.contains(address) }) { return [v4(address.low)] }
        guard teredo.contains(where: { $0.contains(address) }) else { return [] }
        return [v4(address.high), v4(~address.low)]
    }

    // `IPRange` refuses slips, and a test counts what is left here.

    static let local = ranges([
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
        "::1", "fc00::/7",
    ])
    static let forbidden = ranges([
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "64:ff9b:1::/48", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32",
        "3fff::/20",
        // Metadata services outside of the link-local range: Alibaba, Azure, AWS, Google.
        "100.100.100.200", "168.63.129.16", "fd00:ec2::/32", "fd20:ce::254",
    ])
    private static let unicast = ranges(["2000::/3", "64:ff9b::/96"])
    private static let sixToFour = ranges(["2002::/16"])
    private static let nat64 = ranges(["64:ff9b::/96"])
    private static let teredo = ranges(["2001::/32"])

    private static func ranges(_ texts: [String]) -> [IPRange] { texts.compactMap { IPRange($0) } }
}
