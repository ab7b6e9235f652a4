import EventLoop
import Glibc
import Synchronization

/// A TCP connection for blocking calls with deadlines. One thread uses it; others can `interrupt`.
final class SMTPStream: Sendable {
    enum Failure: Error {
        case closed
        case timeout
    }

    private let fd: Int32
    private let isOpen = Mutex(true)

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

    /// Whether the server has sent something or closed the connection.
    var isReadable: Bool {
        var wanted = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, 0) != 0
    }

    func send(_ bytes: [UInt8], until end: Ticks) throws(Failure) {
        var start = 0
        while start < bytes.count {
            let outcome = bytes.withUnsafeBytes {
                Socket.send(fd, UnsafeRawBufferPointer(rebasing: $0[start...]))
            }
            switch outcome {
            case .bytes(let count): start += count
            case .wouldBlock: try wait(for: POLLOUT, until: end)
            case .closed: throw .closed
            }
        }
    }

    /// The received bytes, at least one.
    func receive(until end: Ticks) throws(Failure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 2_048)
        while true {
            switch buffer.withUnsafeMutableBytes({ Socket.receive(fd, into: $0) }) {
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
            if isOpen { Glibc.close(fd) }
            isOpen = false
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
