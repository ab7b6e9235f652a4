import EventLoop
import Glibc
import HTTPCore
import TLS

/// One connection to an upstream; serves one exchange at a time, or several in their order. Belongs
/// to its loop.
final class UpstreamConnection: ReadinessHandler, Timed, @unchecked Sendable {
    enum Phase {
        case connecting(until: Ticks)
        /// The TLS handshake, within the same time.
        case securing(until: Ticks)
        case busy
        case idle(since: Ticks)
        case closed
    }

    private let wire: UpstreamWire
    /// Kept alive by its connections, which end by themselves.
    let pool: UpstreamPool
    var timedIndex = -1
    var phase: Phase
    private var output = ByteBuffer()
    /// The one whose response comes next.
    private(set) var exchange: UpstreamExchange?
    /// Sent behind it, in their order.
    private var following: [UpstreamExchange] = []
    /// It takes exchanges while it has others.
    var isShared = false
    private var flushIsDue = false
    var isPaused = false
    private var pausedAt: Ticks?
    private var parser: ResponseParser
    private var input = ByteBuffer()
    private var mayRead = false
    private var isPumping = false
    private var keepAlive = true
    private var exchanges = 0
    private var answerBegan = false
    private var headIsRead = false
    /// The upstream's end was announced: edge-triggered, it will not be reported again.
    private var endAnnounced = false

    init(_ wire: UpstreamWire, _ pool: UpstreamPool, connectBy deadline: Ticks) {
        self.wire = wire
        self.pool = pool
        phase = .connecting(until: deadline)
        parser = ResponseParser(limits: pool.options.limits)
    }

    // MARK: Exchanges

    /// Exchanges that it has.
    var load: Int { (exchange == nil ? 0 : 1) + following.count }

    /// Takes an exchange: now, or as soon as the connection stands.
    func take(_ exchange: UpstreamExchange) {
        pool.loop.assertCurrent()
        exchange.connection = self
        output.append(exchange.message.readable)
        if self.exchange != nil { following.append(exchange) } else { expect(exchange) }
        guard isOpen else { return }
        phase = .busy
        if isShared { flushSoon() } else { flush() }
    }

    /// Its response comes next.
    private func expect(_ exchange: UpstreamExchange) {
        self.exchange = exchange
        keepAlive = true
        answerBegan = false
        headIsRead = false
        isPaused = false
        exchanges += 1
        parser.expectResponse(to: exchange.method)
    }

    /// The connection stands.
    private func begin() {
        phase = .busy
        flush()
    }

    /// Sends at the end of the round of events what comes together in it.
    private func flushSoon() {
        guard !flushIsDue else { return }
        flushIsDue = true
        pool.loop.postpone {
            self.flushIsDue = false
            self.flush()
        }
    }

    /// Whether the socket is quiet: no end and no bytes that nobody asked for.
    func isUsable() -> Bool { wire.isQuiet }

    // MARK: Events

    func ready(_ readiness: Readiness) {
        pool.loop.assertCurrent()
        switch phase {
        case .connecting(let deadline):
            guard readiness.contains(.writable) || readiness.contains(.broken) else { return }
            guard Socket.pendingError(wire.fd) == 0 else { return lost(.unreachable) }
            phase = .securing(until: deadline)
            secure()
        case .securing: secure()
        case .busy, .idle, .closed: if readiness.contains(.writable), !flushIsDue { flush() }
        }
        guard !readiness.isDisjoint(with: [.readable, .peerClosed, .broken]) else { return }
        mayRead = true
        endAnnounced = endAnnounced || !readiness.isDisjoint(with: [.peerClosed, .broken])
        if case .idle = phase, !wire.isQuiet { return close() }
        pump()
    }

    /// Goes on with the handshake, and then begins.
    private func secure() {
        switch wire.shakeHands() {
        case .waiting: return
        case .failed: return lost(.insecure)
        case .done: break
        }
        guard exchange != nil else { return pool.release(self) }
        begin()
        // The handshake may have read bytes that nothing will announce again.
        guard wire.isSecure else { return }
        mayRead = true
        pump()
    }

    func pause() {
        pool.loop.assertCurrent()
        isPaused = true
        pausedAt = pool.loop.now
    }

    func resume() {
        pool.loop.assertCurrent()
        guard isPaused else { return }
        isPaused = false
        // The pause was not the upstream's: its time goes on where it stood.
        if let pausedAt, let exchange, exchange.deadline != .distantFuture {
            exchange.deadline = exchange.deadline.adding(
                milliseconds: pausedAt.milliseconds(until: pool.loop.now))
        }
        pump()
    }

    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        // Also without bytes: the end of a body that was paused at its last one takes none.
        if exchange != nil, !isPaused, answerBegan { parseInput() }
        while mayRead, !isPaused, case .busy = phase { pool.loop.withScratch(read) }
    }

    private func read(into scratch: UnsafeMutableRawBufferPointer) {
        switch wire.receive(into: scratch) {
        case .bytes(let count):
            // A short read has emptied the socket, but for the end that has been announced, and
            // what is decrypted already.
            mayRead = count == scratch.count || endAnnounced || wire.isSecure
            received(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        case .wouldBlock: mayRead = false
        case .closed:
            mayRead = false
            peerClosed()
        }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        guard input.isEmpty else {
            input.append(bytes)
            return parseInput()
        }
        let consumed = parse(bytes)
        if consumed < bytes.count, !isClosed {
            input.append(UnsafeRawBufferPointer(rebasing: bytes[consumed...]))
        }
    }

    private func parseInput() {
        var buffer = ByteBuffer()
        swap(&buffer, &input)
        buffer.consume(parse(buffer.readable))
        swap(&buffer, &input)
        input.releaseIfEmpty()
    }

    private func parse(_ bytes: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        while let exchange, !isPaused, !isClosed {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let (event, consumed) = parser.next(rest)
            offset += consumed
            answerBegan = answerBegan || !rest.isEmpty
            switch event {
            case .needMore:
                // An interim response was taken; what follows it may be there already.
                if consumed > 0, offset < bytes.count { continue }
                return offset
            case .head(let head):
                guard exchange.isAnswered(by: head) else {
                    lost(.malformed, at: rest)
                    return offset
                }
                keepAlive = head.keepAlive
                headIsRead = true
                // It answers. How fast the answer is read is the reader's business.
                pool.succeeded()
                exchange.isProbe = false
                exchange.consumer?.head(head)
            case .body(let part): exchange.consumer?.responseBody(part)
            case .end:
                completed(exchange, surplus: bytes.count - offset)
                if self.exchange == nil || offset == bytes.count { return offset }
            case .failure:
                lost(.malformed, at: rest)
                return offset
            }
        }
        return offset
    }

    private func completed(_ exchange: UpstreamExchange, surplus: Int) {
        self.exchange = nil
        if let ticket = wire.ticket { pool.ticket = ticket }
        if keepAlive, !following.isEmpty {
            expect(following.removeFirst())
            return exchange.finish()
        }
        // An answer before the request was sent whole leaves the connection in the middle of it.
        let isReady = keepAlive && surplus == 0 && output.isEmpty && wire.isFlushed
        if isReady { pool.release(self) } else { close() }
        exchange.finish()
    }

    private func peerClosed() {
        switch parser.closed() {
        case .end:
            keepAlive = false
            if let exchange { completed(exchange, surplus: 0) }
        default: lost(.closed)
        }
    }

    private func flush() {
        guard isOpen else { return }
        while !output.isEmpty, !isClosed {
            switch wire.send(output.readable) {
            case .bytes(let count): output.consume(count)
            case .wouldBlock: return
            case .closed: return stopSending()
            }
        }
        output.releaseIfEmpty()
        if !isClosed, !wire.flush() { stopSending() }
    }

    /// The upstream may have answered before it closed: reading tells.
    private func stopSending() {
        output.removeAll()
        mayRead = true
        pump()
    }

    func tick(_ now: Ticks) {
        pool.loop.assertCurrent()
        switch phase {
        case .connecting(let until), .securing(let until):
            if let exchange, now > exchange.deadline { return lost(.timeout) }
            if now > until { lost(.unreachable) }
        case .busy:
            for late in following where now > late.deadline && !late.isDone {
                pool.failed(late)
                late.fail(.timeout)
            }
            if let exchange, !isPaused, now > exchange.deadline { lost(.timeout) }
        case .idle(let since):
            if now > since.adding(milliseconds: pool.options.idleTimeout) { close() }
        case .closed: break
        }
    }

    // MARK: Ends

    private var isClosed: Bool {
        if case .closed = phase { return true }
        return false
    }

    /// Whether the connection does not stand yet.
    var isConnecting: Bool { !isOpen && !isClosed }

    /// Whether requests can be sent.
    private var isOpen: Bool {
        switch phase {
        case .connecting, .securing, .closed: false
        case .busy, .idle: true
        }
    }

    /// The exchange can't go on here; perhaps on another connection.
    /// - Parameter rest: what has come and was not taken.
    private func lost(_ failure: UpstreamFailure, at rest: UnsafeRawBufferPointer? = nil) {
        guard let exchange else { return close() }
        self.exchange = nil
        exchange.connection = nil
        // A connection that was idle may have been closed before this request got there.
        let untouched = failure == .closed && !answerBegan && exchanges > 1
        if untouched, exchange.isRepeatable, !exchange.retried {
            exchange.retried = true
            return close(repeating: exchange)
        }
        let wasOpen = isOpen
        let behind = wasOpen ? [] : following
        if !wasOpen { following = [] }
        let status = headIsRead ? nil : ResponseParser.status(ofHead: rest ?? input.readable)
        close()
        guard wasOpen else { return neverSent([exchange] + behind, failure) }
        guard !exchange.isDone else { return }
        pool.failed(exchange)
        if let status { exchange.consumer?.statusLine(status) }
        exchange.fail(failure)
    }

    /// There never was a connection for them.
    private func neverSent(_ exchanges: [UpstreamExchange], _ failure: UpstreamFailure) {
        for exchange in exchanges where !exchange.isDone {
            exchange.connection = nil
            if failure == .unreachable { pool.unreachable(exchange); continue }
            pool.failed(exchange)
            exchange.fail(failure)
        }
    }

    /// - Parameter next: is sent again, on a fresh connection in place of this one.
    func close(repeating next: UpstreamExchange? = nil) {
        pool.loop.assertCurrent()
        guard !isClosed else { return }
        let exchanges = (next.map { [$0] } ?? []) + repeated()
        phase = .closed
        pool.loop.unregister(wire.fd)
        pool.loop.unwatch(self)
        wire.close()
        exchange = nil
        pool.closed(self, repeating: exchanges)
    }

    /// Those behind the one that was answered last: nothing of their responses has come.
    private func repeated() -> [UpstreamExchange] {
        let exchanges = following
        following = []
        for exchange in exchanges {
            exchange.connection = nil
            exchange.retried = true
        }
        return exchanges
    }
}
