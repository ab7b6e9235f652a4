import EventLoop
import Glibc

/// A non-blocking socket that speaks TLS as a client. Its calls return what those of `Socket` do.
/// OpenSSL reads and writes memory alone; the socket is read and written here. Belongs to one event
/// loop.
public final class TLSSocket {
    /// The result of a handshake so far.
    public enum Handshake: Equatable {
        case done
        /// For the socket to become readable or writable.
        case waiting
        /// The server speaks no TLS, has closed, or its certificate isn't valid for the name.
        case failed
    }

    /// How many bytes a server can send in a row without any for the reader: certificates,
    /// tickets, changes of keys.
    private static let maximumSilent = 262_144

    private let fd: Int32
    private let client: TLSClient
    private let connection: OpaquePointer
    /// From the server, and for it. Owned by the connection.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    /// Taken from `outgoing`, and not sent yet.
    private var unsent: [UInt8] = []
    private var silent = 0
    private var isEstablished = false
    private var hasFailed = false
    private var openSSL: OpenSSL { client.openSSL }

    /// - Parameters:
    ///   - fd: connected, or about to be. Stays the caller's.
    ///   - name: the server's, or its address in text, for which its certificate must be.
    ///   - ticket: of an earlier connection to the name.
    /// - Returns: nil without memory.
    public init?(_ fd: Int32, _ client: TLSClient, to name: String, resuming ticket: TLSTicket?) {
        let openSSL = client.openSSL
        openSSL.clearErrors()
        guard let connection = openSSL.new(client.context) else { return nil }
        guard let incoming = openSSL.newBuffer(openSSL.memoryMethod()),
            let outgoing = openSSL.newBuffer(openSSL.memoryMethod())
        else {
            openSSL.free(connection)
            return nil
        }
        openSSL.setBuffers(connection, incoming, outgoing)
        self.fd = fd
        self.client = client
        self.connection = connection
        self.incoming = incoming
        self.outgoing = outgoing
        guard expect(name) else { return nil }
        if let ticket { _ = openSSL.setSession(connection, ticket.session) }
        openSSL.beginAsClient(connection)
    }

    deinit { openSSL.free(connection) }

    /// Whose certificate is accepted.
    private func expect(_ name: String) -> Bool {
        typealias Constant = OpenSSLConstants
        if openSSL.setAddress(openSSL.parameters(connection), name) == 1 { return true }
        openSSL.clearErrors()
        // RFC 9525 §6.3: whole labels, and never the common name.
        openSSL.setHostFlags(connection, Constant.noPartialWildcards | Constant.neverSubject)
        guard openSSL.setHost(connection, name) == 1 else { return false }
        var text = Array(name.utf8CString)
        return text.withUnsafeMutableBytes {
            openSSL.control(connection, Constant.hostName, 0, $0.baseAddress) == 1
        }
    }

    /// Goes on with the handshake.
    public func shakeHands() -> Handshake {
        while !isEstablished {
            openSSL.clearErrors()
            let code = openSSL.shakeHands(connection)
            isEstablished = code == 1
            guard flush() else { return .failed }
            if isEstablished { break }
            guard openSSL.error(connection, code) == OpenSSLConstants.wantsRead else {
                hasFailed = true
                // The alert that says why.
                _ = flush()
                return .failed
            }
            switch fill() {
            case .bytes: continue
            case .wouldBlock: return .waiting
            case .closed: return .failed
            }
        }
        return .done
    }

    /// What is wrong with the server's certificate, for people; nil if that isn't why a handshake
    /// failed. Only these words: OpenSSL's own can contain what the server has sent.
    public var certificateFault: String? {
        // The codes of x509_vfy.h.
        switch openSSL.verifyResult(connection) {
        case 0: nil
        case 2, 18, 19, 20, 21: "is not from a trusted authority"
        case 9: "is not valid yet"
        case 10: "has expired"
        case 62, 64: "is for another name"
        default: "is not valid"
        }
    }

    /// Reads what there is, decrypted.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> Socket.Outcome {
        while !hasFailed {
            openSSL.clearErrors()
            let count = openSSL.read(
                connection, buffer.baseAddress, Int32(clamping: buffer.count))
            // Answers to changes of keys.
            guard flush() else { return .closed }
            if count > 0 {
                silent = 0
                return .bytes(Int(count))
            }
            guard openSSL.error(connection, count) == OpenSSLConstants.wantsRead else { break }
            switch fill() {
            case .bytes: continue
            case .wouldBlock: return .wouldBlock
            case .closed: return .closed
            }
        }
        // After the server's goodbye, too, there is nothing more.
        hasFailed = true
        return .closed
    }

    /// Writes all or nothing. What the kernel doesn't take at once is kept (`flush`).
    public func send(_ bytes: UnsafeRawBufferPointer) -> Socket.Outcome {
        guard !hasFailed, flush() else { return .closed }
        guard unsent.isEmpty else { return .wouldBlock }
        let count = min(bytes.count, 1_048_576)
        guard count > 0 else { return .bytes(0) }
        openSSL.clearErrors()
        // Its memory takes all of it.
        guard openSSL.write(connection, bytes.baseAddress, Int32(count)) == count else {
            hasFailed = true
            return .closed
        }
        return flush() ? .bytes(count) : .closed
    }

    /// Whether the kernel has everything that was written.
    public var isFlushed: Bool { unsent.isEmpty && openSSL.pending(outgoing) == 0 }

    /// Sends what was kept, as far as the kernel takes it.
    /// - Returns: false if the connection has ended.
    public func flush() -> Bool {
        while true {
            if unsent.isEmpty { takeOutgoing() }
            guard !unsent.isEmpty else { return true }
            switch unsent.withUnsafeBytes({ Socket.send(fd, $0) }) {
            case .bytes(let count): unsent.removeFirst(count)
            case .wouldBlock: return true
            case .closed: return false
            }
        }
    }

    /// By which the next connection to this name resumes the session; nil until the server has
    /// given it.
    public var ticket: TLSTicket? { hasFailed ? nil : TLSTicket(of: connection, openSSL) }

    /// Whether the handshake resumed a session.
    public var isResumed: Bool { openSSL.isResumed(connection) == 1 }

    /// Says goodbye (RFC 8446 §6.1), as far as the kernel takes it at once.
    public func end() {
        guard isEstablished, !hasFailed else { return }
        hasFailed = true
        openSSL.clearErrors()
        _ = openSSL.shutDown(connection)
        _ = flush()
    }

    // MARK: The socket

    private func takeOutgoing() {
        let count = openSSL.pending(outgoing)
        guard count > 0 else { return }
        unsent = [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            let read = openSSL.readBuffer(
                outgoing, buffer.baseAddress, Int32(clamping: buffer.count))
            taken = max(0, Int(read))
        }
    }

    /// Hands OpenSSL what the server has sent.
    private func fill() -> Socket.Outcome {
        withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 16) { buffer in
            let outcome = Socket.receive(fd, into: buffer)
            guard case .bytes(let count) = outcome else { return outcome }
            silent += count
            guard silent <= Self.maximumSilent,
                openSSL.writeBuffer(incoming, buffer.baseAddress, Int32(count)) == count
            else {
                hasFailed = true
                return .closed
            }
            return outcome
        }
    }
}
