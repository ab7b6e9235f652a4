import Glibc

/// Why a raw conversation did not go on.
public enum RawFailure: Error, Equatable {
    case refused
    case timeout
    /// The peer has closed in order (FIN).
    case ended
    /// The peer has reset the connection (RST).
    case reset
    case malformed(String)
}

/// One answer, as its bytes say.
public struct RawResponse: Sendable {
    public let status: Int
    /// Status line and fields, without the empty line.
    public let head: String
    public let fields: [(name: String, value: String)]
    public let body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The first value of a field; `name` in lower case.
    public func field(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}

/// A blocking TCP client on 127.0.0.1 that sends any bytes. Every wait has a limit.
public final class RawClient: @unchecked Sendable {  // used by one thread at a time
    public let fd: Int32
    private var buffer: [UInt8] = []
    private var isOpen = true

    /// - Parameters:
    ///   - milliseconds: the limit of a wait. Only what hangs reaches the usual one, however busy
    ///     the machine is.
    ///   - receiveBuffer: a small one makes a slow reader.
    ///   - source: the last byte of the client's own address, 127.0.0.x.
    public init(
        port: UInt16, timeout milliseconds: Int = 60_000, receiveBuffer: Int32? = nil,
        source: UInt32 = 1
    ) throws {
        fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if source != 1 {
            guard loopback(0, source, { bind(fd, $0, $1) }) == 0 else { throw Self.failure() }
        }
        if var size = receiveBuffer {
            setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var time = timeval(
            tv_sec: milliseconds / 1000, tv_usec: Int(milliseconds % 1000) * 1000)
        let length = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, length)
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, length)
        guard loopback(port, 1, { connect(fd, $0, $1) }) == 0 else {
            Glibc.close(fd)
            isOpen = false
            throw RawFailure.refused
        }
    }

    /// Takes over a connected socket.
    public init(accepted fd: Int32) { self.fd = fd }

    deinit { close() }

    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) throws {
        try checkOpen()
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Self.failure() }
            rest = rest.dropFirst(sent)
        }
    }

    /// Bytes as they come, at least one.
    public func receive(_ maximum: Int = 65_536) throws -> [UInt8] {
        if !buffer.isEmpty {
            defer { buffer = [] }
            return buffer
        }
        try checkOpen()
        var bytes = [UInt8](repeating: 0, count: maximum)
        let count = recv(fd, &bytes, maximum, 0)
        guard count >= 0 else { throw Self.failure() }
        guard count > 0 else { throw RawFailure.ended }
        return Array(bytes[..<count])
    }

    /// Once it is closed, its number is another's.
    private func checkOpen() throws {
        guard isOpen else { throw RawFailure.ended }
    }

    private static func failure() -> RawFailure {
        switch errno {
        case EAGAIN: .timeout
        case ECONNRESET, EPIPE: .reset
        default: .malformed(String(cString: strerror(errno)))
        }
    }

    /// Everything up to the peer's end.
    public func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        do {
            while true { all += try receive() }
        } catch RawFailure.ended {
            return all
        }
    }

    /// Exactly `count` bytes.
    public func receive(exactly count: Int) throws -> [UInt8] {
        var taken: [UInt8] = []
        while taken.count < count { taken += try receive() }
        buffer = Array(taken[count...]) + buffer
        return Array(taken[..<count])
    }

    /// The bytes up to and with `end`.
    public func receive(through end: String) throws -> [UInt8] {
        let end = Array(end.utf8)
        var taken: [UInt8] = []
        while true {
            let from = max(0, taken.count - end.count)
            taken += try receive()
            guard taken.count >= end.count else { continue }
            for i in from...(taken.count - end.count)
            where taken[i..<(i + end.count)].elementsEqual(end) {
                buffer = Array(taken[(i + end.count)...])
                return Array(taken[..<(i + end.count)])
            }
        }
    }

    /// Sends no more; can still receive.
    public func shutdownWrite() { _ = shutdown(fd, Int32(SHUT_WR)) }

    /// Closes with RST.
    public func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    public func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(fd)
    }
}

/// Lends the address 127.0.0.`last`:`port`.
func loopback<T>(
    _ port: UInt16, _ last: UInt32 = 1, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T
) -> T {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = (UInt32(0x7F00_0000) | last).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
