import Glibc

/// Names to addresses, by getaddrinfo(3).
public enum HostLookup {
    /// All addresses of a name, in the order to try them (RFC 6724); none if it has none. Blocks,
    /// for as long as the name servers like. Numbers are addresses in all spellings that the C
    /// library knows: `127.1`, `0x7f.1`, `2130706433`.
    public static func addresses(of host: String) -> [IPAddress] { addresses(of: host, flags: 0) }

    /// The address that `host` is by itself, in any spelling; nil for a name. Makes no request.
    public static func number(_ host: String) -> IPAddress? {
        addresses(of: host, flags: AI_NUMERICHOST).first
    }

    private static func addresses(of host: String, flags: Int32) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = address(entry.pointee) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    private static func address(_ entry: addrinfo) -> IPAddress? {
        var storage = sockaddr_storage()
        guard let source = entry.ai_addr,
            Int(entry.ai_addrlen) <= MemoryLayout<sockaddr_storage>.size
        else { return nil }
        memcpy(&storage, source, Int(entry.ai_addrlen))
        return SocketAddress(storage)?.address
    }
}
