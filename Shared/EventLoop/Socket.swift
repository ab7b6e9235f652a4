import CLinux
import Glibc

/// An address of a TCP endpoint: IPv4 or IPv6.
public struct SocketAddress: Sendable, Hashable {
    /// 4 or 16, as they stand in a packet.
    let bytes: [UInt8]
    /// The TCP port.
    public let port: UInt16
    /// AF_INET or AF_INET6.
    public let family: Int32

    /// - Parameter host: a numeric address; names are the resolver's business.
    public init?(host: String, port: UInt16) {
        self.port = port
        var v4 = in_addr()
        var v6 = in6_addr()
        let bare =
            host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if inet_pton(AF_INET, bare, &v4) == 1 {
            family = AF_INET
            bytes = withUnsafeBytes(of: &v4) { [UInt8]($0) }
        } else if inet_pton(AF_INET6, bare, &v6) == 1 {
            family = AF_INET6
            bytes = withUnsafeBytes(of: &v6) { [UInt8]($0) }
        } else {
            return nil
        }
    }

    init?(_ storage: sockaddr_storage) {
        var storage = storage
        family = Int32(storage.ss_family)
        switch family {
        case AF_INET:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in.self) }
            port = UInt16(bigEndian: address.sin_port)
            bytes = withUnsafeBytes(of: address.sin_addr) { [UInt8]($0) }
        case AF_INET6:
            let address = withUnsafeBytes(of: &storage) { $0.load(as: sockaddr_in6.self) }
            port = UInt16(bigEndian: address.sin6_port)
            bytes = withUnsafeBytes(of: address.sin6_addr) { [UInt8]($0) }
        default: return nil
        }
    }

    /// The address in text, without its port.
    public var host: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = bytes.withUnsafeBytes {
            inet_ntop(family, $0.baseAddress, &text, socklen_t(INET6_ADDRSTRLEN))
        }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func withSockaddr<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        if family == AF_INET {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
    }
}

/// Non-blocking TCP sockets. Every call returns its result; nothing raises SIGPIPE.
public enum Socket {
    /// The result of reading or writing.
    public enum Outcome: Equatable {
        case bytes(Int)
        /// Nothing can be read or written now.
        case wouldBlock
        /// The peer has closed its side (reading), or the connection is gone.
        case closed
    }

    /// A system call that failed, with its errno.
    public struct Failure: Error, Equatable {
        /// The system call's name.
        public let call: String
        /// errno
        public let code: Int32

        public init(call: String, code: Int32) {
            self.call = call
            self.code = code
        }

        /// The system's message for the code.
        public var text: String { String(cString: strerror(code)) }
    }

    /// Connections that the kernel completes before they are accepted.
    public static let backlog: Int32 = 1024

    /// Listens with SO_REUSEPORT, so that each loop has a queue of its own.
    public static func listen(
        _ address: SocketAddress, shared: Bool = true
    ) throws(Failure) -> Int32 {
        let fd = latchkey_tcp_socket(address.family)
        guard fd >= 0 else { throw Failure(call: "socket", code: errno) }
        set(fd, SOL_SOCKET, SO_REUSEADDR)
        if shared { set(fd, SOL_SOCKET, SO_REUSEPORT) }
        guard address.withSockaddr({ bind(fd, $0, $1) }) == 0 else { throw failure("bind", fd) }
        guard Glibc.listen(fd, backlog) == 0 else { throw failure("listen", fd) }
        return fd
    }

    /// Fails if anybody listens at `address`; SO_REUSEPORT alone would share the port in silence.
    public static func checkFree(_ address: SocketAddress) throws(Failure) {
        guard address.port != 0 else { return }
        close(try listen(address, shared: false))
    }

    /// The port that a socket is bound to.
    public static func port(of fd: Int32) -> UInt16 { address(of: fd)?.port ?? 0 }

    /// Our end of a socket.
    public static func address(of fd: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(fd, $0, &length) }
        }
        return SocketAddress(storage)
    }

    /// The result of accepting a connection.
    public enum Accepted {
        case connection(Int32, SocketAddress)
        case none
        /// This one is lost; the next may do.
        case retry
        /// The process has no descriptors left.
        case exhausted
    }

    /// Accepts one connection, non-blocking and with TCP_NODELAY.
    public static func accept(_ listener: Int32) -> Accepted {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let fd = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                latchkey_accept(listener, $0, &length)
            }
        }
        if fd >= 0 {
            set(fd, Int32(IPPROTO_TCP), TCP_NODELAY)
            guard let peer = SocketAddress(storage) else {
                close(fd)
                return .retry
            }
            return .connection(fd, peer)
        }
        switch errno {
        case EAGAIN: return .none
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
        default: return .retry
        }
    }

    /// Begins to connect; the socket becomes writable when it has or has not worked.
    public static func connect(_ address: SocketAddress) throws(Failure) -> Int32 {
        let fd = latchkey_tcp_socket(address.family)
        guard fd >= 0 else { throw Failure(call: "socket", code: errno) }
        set(fd, Int32(IPPROTO_TCP), TCP_NODELAY)
        let code = address.withSockaddr { Glibc.connect(fd, $0, $1) }
        guard code == 0 || errno == EINPROGRESS else { throw failure("connect", fd) }
        return fd
    }

    /// The error that a socket has met since this was last asked; 0 if none.
    public static func pendingError(_ fd: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length)
        return code
    }

    /// Reads what there is into `buffer`.
    public static func receive(_ fd: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        while true {
            let count = recv(fd, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .closed }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .closed
        }
    }

    /// Writes as much as the kernel takes.
    public static func send(_ fd: Int32, _ bytes: UnsafeRawBufferPointer) -> Outcome {
        while true {
            let count = latchkey_send(fd, bytes.baseAddress, bytes.count)
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .closed
        }
    }

    /// Ends sending; the peer reads what was sent, then the end.
    public static func shutdownWrite(_ fd: Int32) { _ = shutdown(fd, Int32(SHUT_WR)) }

    private static func set(_ fd: Int32, _ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        setsockopt(fd, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func failure(_ call: String, _ fd: Int32) -> Failure {
        let code = errno
        close(fd)
        return Failure(call: call, code: code)
    }
}
