import EventLoop
import Glibc
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
        let work = Work { [self] in
            let address = Self.lookUp(host, port)
            if let address {
                entries.withLock { $0["\(host):\(port)"] = Entry(address: address, asked: .now) }
            }
            loop.execute { body(address) }
        }
        work.start()
    }

    private static func lookUp(_ host: String, _ port: UInt16) -> SocketAddress? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else { return nil }
        defer { freeaddrinfo(list) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = getnameinfo(
            first.pointee.ai_addr, first.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
            NI_NUMERICHOST)
        guard code == 0 else { return nil }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return SocketAddress(host: String(decoding: bytes, as: UTF8.self), port: port)
    }

    /// A closure on a detached thread.
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }

        func start() {
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(self).toOpaque()
            let code = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, argument)
            guard code == 0 else {
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return
            }
            pthread_detach(thread)
        }
    }
}
