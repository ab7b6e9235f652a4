import Glibc

/// An IP address, without a port. IPv4 is kept in its IPv4-mapped form, so that the two spellings
/// of one address (RFC 4291 §2.5.5.2) are one value.
public struct IPAddress: Sendable, Hashable {
    /// The 128 bits in two halves, most significant first.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter text: a numeric address, bare: no brackets, port, zone or space.
    public init?(_ text: some StringProtocol) {
        var v4 = in_addr()
        var v6 = in6_addr()
        let text = String(text)
        if inet_pton(AF_INET, text, &v4) == 1 {
            self = withUnsafeBytes(of: &v4) { IPAddress($0) }
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            self = withUnsafeBytes(of: &v6) { IPAddress($0) }
        } else {
            return nil
        }
    }

    /// - Parameter bytes: 4 or 16, as they stand in a packet.
    init(_ bytes: some Collection<UInt8>) {
        var (high, low) = (UInt64(0), bytes.count == 4 ? UInt64(0xFFFF) : 0)
        for byte in bytes {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
        }
        self.init(high: high, low: low)
    }

    /// Whether it is an IPv4 address, in either spelling.
    public var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// What limits count by: a host with an IPv6 address usually has its whole /64.
    public var network: UInt64 { isIPv4 ? low : high }

    /// As RFC 5952 writes it.
    public var text: String {
        var bytes = (high.bigEndian, low.bigEndian)
        return withUnsafeBytes(of: &bytes) { bytes in
            let source = isIPv4 ? bytes.baseAddress.map { $0 + 12 } : bytes.baseAddress
            return withUnsafeTemporaryAllocation(
                of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)
            ) { text in
                guard let start = text.baseAddress,
                    inet_ntop(
                        isIPv4 ? AF_INET : AF_INET6, source, start, socklen_t(text.count)) != nil
                else { return "" }
                return String(cString: start)
            }
        }
    }
}

/// All addresses that begin with the same bits (CIDR, RFC 4632).
public struct IPRange: Sendable {
    private let first: IPAddress
    private let mask: (high: UInt64, low: UInt64)

    /// - Parameter text: an address, or an address, a slash and how many bits count. Bits behind
    ///   those must be zero: `10.1.2.3/8` is more likely a typo than intended.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
        let width = parts[0].contains(":") ? 128 : 32
        var bits = 128
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
                let number = Int(parts[1]), number <= width
            else { return nil }
            bits = 128 - width + number
        }
        // Smart shifts: by 64 and more they give 0.
        mask = (UInt64.max << (64 - min(64, bits)), UInt64.max << (128 - max(64, bits)))
        guard address.high & ~mask.high == 0, address.low & ~mask.low == 0 else { return nil }
        first = address
    }

    /// Whether `address` begins with the range's bits.
    public func contains(_ address: IPAddress) -> Bool {
        address.high & mask.high == first.high && address.low & mask.low == first.low
    }
}

extension SocketAddress {
    /// The address without its port.
    public var address: IPAddress { IPAddress(bytes) }
}
