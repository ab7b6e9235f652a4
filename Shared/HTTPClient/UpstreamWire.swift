import EventLoop
import Glibc
import TLS

/// The socket of a connection, with or without TLS.
struct UpstreamWire {
    let fd: Int32
    private let tls: TLSSocket?

    /// - Returns: nil if there is no memory for TLS; `fd` is then closed.
    init?(_ fd: Int32, _ setting: UpstreamTLS?, resuming ticket: TLSTicket?) {
        self.fd = fd
        guard let setting else {
            tls = nil
            return
        }
        tls = TLSSocket(fd, setting.client, to: setting.name, resuming: ticket)
        if tls == nil {
            Glibc.close(fd)
            return nil
        }
    }

    var isSecure: Bool { tls != nil }

    func shakeHands() -> TLSSocket.Handshake { tls?.shakeHands() ?? .done }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Socket.Outcome {
        tls?.receive(into: buffer) ?? Socket.receive(fd, into: buffer)
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Socket.Outcome {
        tls?.send(bytes) ?? Socket.send(fd, bytes)
    }

    /// Sends what was taken and kept.
    /// - Returns: false if the connection has ended.
    func flush() -> Bool { tls?.flush() ?? true }

    /// Whether the kernel has all that was taken.
    var isFlushed: Bool { tls?.isFlushed ?? true }

    /// Whether nothing has come, neither bytes nor an end. What TLS sends for itself is taken.
    var isQuiet: Bool {
        var byte: UInt8 = 0
        if let tls {
            return withUnsafeMutableBytes(of: &byte) { tls.receive(into: $0) == .wouldBlock }
        }
        return recv(fd, &byte, 1, Int32(MSG_PEEK)) < 0 && errno == EAGAIN
    }

    /// For the next connection to the same name.
    var ticket: TLSTicket? { tls?.ticket }

    func close() {
        tls?.end()
        Glibc.close(fd)
    }
}
