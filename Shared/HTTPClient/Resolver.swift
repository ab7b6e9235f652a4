import EventLoop
import Synchronization

/// Names to addresses. getaddrinfo(3) blocks, so it runs on a thread of its own.
public final class Resolver: Sendable {
    private struct Entry {
        var address: SocketAddress
        var asked: Ticks
    }

    private static let freshMilliseconds = 5_000
    private let entries = Mutex<[String: Entry]>([:])

    public init() {}

    /// The address, if the host is numeric or was resolved a moment ago.
    public func known(_ host: String, _ port: UInt16) -> SocketAddress? {
        if let address = SocketAddress(host: host, port: port) { return address }
        if host == "localhost" { return SocketAddress(host: "127.0.0.1", port: port) }
        return entries.withLock { entries in
            guard let entry = entries["\(host):\(port)"],
                Ticks.now < entry.asked.adding(milliseconds: Self.freshMilliseconds)
            else { return nil }
            return entry.address
        }
    }

    /// Calls `body` on `loop` with the address, or nil if the name has none.
    func resolve(
        _ host: String, _ port: UInt16, on loop: EventLoop,
        _ body: @escaping @Sendable (SocketAddress?) -> Void
    ) {
        onDetachedThread { [self] in
            let address = Self.lookUp(host, port)
            if let address {
                entries.withLock { $0["\(host):\(port)"] = Entry(address: address, asked: .now) }
            }
            loop.execute { body(address) }
        }
    }

    private static func lookUp(_ host: String, _ port: UInt16) -> SocketAddress? {
        HostLookup.addresses(of: host).first.flatMap { SocketAddress(host: $0.text, port: port) }
    }
}
