import EventLoop
import Glibc
import Synchronization
import TLS

/// A TCP connection for blocking calls with deadlines, with or without TLS. One thread uses it;
/// others can `interrupt`.
final class SMTPStream: @unchecked Sendable {
    enum Failure: Error {
        case closed
        case timeout
        /// The handshake failed.
        /// - Parameter certificate: what is wrong with it; nil if that isn't the reason.
        case insecure(certificate: String?)
    }

    private let fd: Int32
    private let isOpen = Mutex(true)
    private var tls: TLSSocket?

    /// Connects, and waits until that is done.
    init(to address: SocketAddress, until end: Ticks) throws(Failure) {
        do throws(Socket.Failure) {
            fd = try Socket.connect(address)
        } catch {
            throw .closed
        }
        try wait(for: POLLOUT, until: end)
        guard Socket.pendingError(fd) == 0 else { throw .closed }
    }

    deinit { close() }

    /// Our own address on this connection.
    var localAddress: SocketAddress? { Socket.address(of: fd) }

    /// Whether TLS protects what is sent.
    var isEncrypted: Bool { tls != nil }

    /// Whether nothing has arrived, neither bytes nor an end. What TLS sends for itself is read.
    var isQuiet: Bool {
        var byte: UInt8 = 0
        if let tls {
            return withUnsafeMutableBytes(of: &byte) { tls.receive(into: $0) == .wouldBlock }
        }
        var wanted = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, 0) == 0
    }

    /// Encrypts everything from here on. Must be called when no byte of the server is left over.
    /// - Parameter name: for which the server's certificate must be.
    func encrypt(by client: TLSClient, to name: String, until end: Ticks) throws(Failure) {
        guard let socket = TLSSocket(fd, client, to: name, resuming: nil) else { throw .closed }
        while true {
            switch socket.shakeHands() {
            case .done:
                tls = socket
                return try flush(until: end)
            case .failed:
                throw .insecure(certificate: socket.certificateFault)
            case .waiting:
                try wait(for: socket.isFlushed ? POLLIN : POLLIN | POLLOUT, until: end)
            }
        }
    }

    func send(_ bytes: [UInt8], until end: Ticks) throws(Failure) {
        var start = 0
        while start < bytes.count {
            let outcome = bytes.withUnsafeBytes {
                let rest = UnsafeRawBufferPointer(rebasing: $0[start...])
                return tls?.send(rest) ?? Socket.send(fd, rest)
            }
            switch outcome {
            case .bytes(let count): start += count
            case .wouldBlock: try wait(for: POLLOUT, until: end)
            case .closed: throw .closed
            }
        }
        try flush(until: end)
    }

    /// The received bytes, at least one.
    func receive(until end: Ticks) throws(Failure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 2_048)
        while true {
            let outcome = buffer.withUnsafeMutableBytes {
                tls?.receive(into: $0) ?? Socket.receive(fd, into: $0)
            }
            switch outcome {
            case .bytes(let count): return Array(buffer[..<count])
            case .wouldBlock: try wait(for: POLLIN, until: end)
            case .closed: throw .closed
            }
        }
    }

    /// Ends a blocking call.
    func interrupt() {
        isOpen.withLock { isOpen in
            if isOpen { _ = shutdown(fd, Int32(SHUT_RDWR)) }
        }
    }

    /// The descriptor may be reused afterwards, so `interrupt` must not use it.
    func close() {
        isOpen.withLock { isOpen in
            guard isOpen else { return }
            tls?.end()
            Glibc.close(fd)
            isOpen = false
        }
    }

    /// Waits until the kernel has what TLS keeps.
    private func flush(until end: Ticks) throws(Failure) {
        guard let tls else { return }
        while !tls.isFlushed {
            try wait(for: POLLOUT, until: end)
            guard tls.flush() else { throw .closed }
        }
    }

    private func wait(for events: Int32, until end: Ticks) throws(Failure) {
        while true {
            let left = Ticks.now.milliseconds(until: end)
            guard left > 0 else { throw .timeout }
            var wanted = pollfd(fd: fd, events: Int16(events), revents: 0)
            let ready = poll(&wanted, 1, Int32(clamping: left))
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else { throw .closed }
        }
    }
}
