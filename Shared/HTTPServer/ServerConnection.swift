import EventLoop
import Glibc
import HTTPCore

/// One client. Reads requests one after the other and writes their answers.
final class ServerConnection: ReadinessHandler, Timed, @unchecked Sendable {
    enum Phase {
        /// Between requests, or within a head.
        case reading
        /// A request is with its handler.
        case handling
        /// No more requests: what was written goes out, what still comes is dropped.
        case lingering(until: Ticks)
        case closed
    }

    let fd: Int32
    /// The client; its address in text is made once.
    let peer: Peer
    let loop: EventLoop
    /// Kept alive by its connections, which end by themselves.
    let server: LoopServer
    var timedIndex = -1
    var phase = Phase.reading
    /// Its part of what its address may have.
    var lease: AnyObject?
    /// A surplus connection, which only gets a 503.
    var isShed = false
    var parser: RequestParser
    var input = ByteBuffer()
    var output = ByteBuffer()
    var exchange: Exchange?
    /// The request of `exchange` has been read to its end.
    var requestRead = false
    var closeAfterAnswer = false
    /// Bytes dropped of an unused body.
    var dropped = 0
    /// Bytes of the current request's body so far.
    var bodyBytes = 0
    var answerStatus = 0
    var answerBytes = 0
    /// The streamed answer has a body.
    var answerHasBody = false
    /// Its length, if its head has promised one.
    var promisedBytes: Int?
    /// The producer of the answer waits for `drained`.
    var wantsDrain = false
    var flushIsDue = false
    /// Edge-triggered: the socket may have bytes that were not asked for.
    private var mayRead = true
    private var endAnnounced = false
    var peerClosed = false
    private var isPumping = false
    var clock: ConnectionClock

    init(_ fd: Int32, _ peer: SocketAddress, _ server: LoopServer) {
        self.fd = fd
        self.peer = Peer(address: peer.address, host: peer.host)
        self.server = server
        loop = server.loop
        parser = RequestParser(limits: server.options.limits)
        clock = ConnectionClock(server.loop.now)
    }

    var isIdle: Bool {
        if case .reading = phase { return input.isEmpty && output.isEmpty }
        return false
    }

    func ready(_ readiness: Readiness) {
        loop.assertCurrent()
        if readiness.contains(.broken) { return close() }
        if readiness.contains(.writable), !output.isEmpty { flush() }
        if readiness.contains(.readable) || readiness.contains(.peerClosed) {
            mayRead = true
            endAnnounced = endAnnounced || readiness.contains(.peerClosed)
            pump()
        }
    }

    // MARK: Reading

    /// Reads and handles what is there, as long as somebody wants it.
    func pump() {
        loop.assertCurrent()
        guard !isPumping, !isClosed else { return }
        isPumping = true
        defer { isPumping = false }
        var madeRoom = false
        repeat {
            if !input.isEmpty { parseInput() }
            while mayRead, wantsBytes { loop.withScratch(read) }
            let wasFull = !hasRoom
            flush()
            madeRoom = wasFull && hasRoom && !isClosed
        } while madeRoom
        if peerClosed { noMoreInput() }
        if isIdle { input.releaseIfEmpty() }
    }

    private func read(into scratch: UnsafeMutableRawBufferPointer) {
        switch Socket.receive(fd, into: scratch) {
        case .bytes(let count):
            // A short read has emptied the socket; what comes later is a new edge.
            // But an end that was announced with it is not announced again.
            mayRead = count == scratch.count || endAnnounced
            received(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        case .wouldBlock: mayRead = false
        case .closed:
            mayRead = false
            peerClosed = true
        }
    }

    /// Less than the high-water mark waits for the client. Without room no request is begun: one
    /// who pipelines and does not read would fill the memory with answers.
    var hasRoom: Bool { output.count <= server.options.writeHighWater }

    private var wantsBytes: Bool {
        switch phase {
        case .reading: hasRoom
        case .lingering: true
        case .handling: isReadingBody
        case .closed: false
        }
    }

    /// The rest of the request is being read: by its handler, or to drop it after the answer.
    var isReadingBody: Bool {
        guard case .handling = phase, let exchange, !requestRead else { return false }
        return exchange.wantsBody || exchange.answer == .complete
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        if case .lingering = phase {
            dropped += bytes.count
            // A client that sends a whole body before it reads still gets its answer.
            if dropped > server.options.lingerBytes + server.options.limits.bodyBytes { close() }
            return
        }
        clock.received(bytes.count, loop.now)
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
        // Taken out while it is read: a handler may write, close or pause meanwhile.
        var buffer = ByteBuffer()
        swap(&buffer, &input)
        let consumed = parse(buffer.readable)
        buffer.consume(consumed)
        swap(&buffer, &input)
        input.releaseIfEmpty()
    }

    /// - Returns: how many bytes were used up.
    private func parse(_ bytes: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        while wantsBytes {
            if case .lingering = phase { return bytes.count }
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let (event, consumed) = parser.next(rest)
            offset += consumed
            switch event {
            case .needMore: return offset
            case .head(let head): begin(head)
            case .body(let part): deliver(part)
            case .end: endOfRequest()
            case .failure(let error): fail(error)
            }
        }
        return offset
    }

    private func begin(_ head: RequestHead) {
        answerBytes = 0
        let exchange = Exchange(head, on: self)
        self.exchange = exchange
        phase = .handling
        requestRead = head.framing == .none
        if requestRead { _ = parser.next(UnsafeRawBufferPointer(start: nil, count: 0)) }
        closeAfterAnswer = !head.keepAlive || server.isDraining || peerClosed
        dropped = 0
        bodyBytes = 0
        clock.requestBegan(loop.now)
        server.handler.handle(exchange)
    }

    private func deliver(_ part: UnsafeRawBufferPointer) {
        bodyBytes += part.count
        if let consumer = exchange?.consumer, exchange?.wantsBody == true {
            consumer.body(part)
        } else {
            dropped += part.count
            if dropped > server.options.lingerBytes, exchange?.answer == .complete { linger() }
        }
    }

    private func endOfRequest() {
        requestRead = true
        guard let exchange else { return }
        if exchange.wantsBody { exchange.consumer?.bodyEnd() }
        // An answer that was given just now has gone on already.
        if exchange === self.exchange, exchange.answer == .complete { nextRequest() }
    }

    /// The bytes are no request, or not the rest of one.
    private func fail(_ error: HTTPError) {
        requestRead = true
        closeAfterAnswer = true
        if let exchange {
            exchange.dropConsumer()?.aborted()
            guard exchange === self.exchange else { return }
            switch exchange.answer {
            case .none: break
            case .begun: return close()
            case .complete: return linger()
            }
        }
        let response =
            exchange.map { server.handler.response(to: error, in: $0) }
            ?? server.handler.response(to: error, parser.refused, from: peer)
        write(response, headOnly: exchange?.head.method == .head)
        exchange?.finished(response.status, answerBytes)
        exchange?.answer = .complete
        linger()
    }

    func beginBody(_ exchange: Exchange) {
        loop.assertCurrent()
        guard exchange === self.exchange else { return }
        if requestRead { return exchange.consumer?.bodyEnd() ?? () }
        if exchange.head.expectsContinue, exchange.answer == .none {
            output.append("HTTP/1.1 100 Continue\r\n\r\n" as StaticString)
            flush()
        }
        clock.bodyAwaited(loop.now)
        if !isPumping { pump() }
    }

    private func noMoreInput() {
        switch phase {
        case .reading: output.isEmpty ? close() : linger()
        case .lingering: if output.isEmpty { close() }
        case .handling where requestRead: closeAfterAnswer = true
        case .handling where exchange?.answer == .complete: linger()
        case .handling, .closed: close()
        }
    }

    var isClosed: Bool {
        if case .closed = phase { return true }
        return false
    }

    // MARK: End of a request and of the connection

    /// The answer is complete: on to the next request, as soon as this one has been read.
    func answered(_ exchange: Exchange) {
        exchange.answer = .complete
        exchange.finished(answerStatus, answerBytes)
        _ = exchange.dropConsumer()
        if closeAfterAnswer { return linger() }
        if requestRead { nextRequest() } else { clock.bodyAwaited(loop.now) }
        if !isPumping { pump() }
    }

    private func nextRequest() {
        exchange?.connection = nil
        exchange = nil
        phase = .reading
        requestRead = false
        clock.requestEnded(loop.now)
        if closeAfterAnswer { linger() }
    }

    /// Stops sending when everything is out, and reads on for a moment (RFC 9112 §9.6).
    func linger() {
        switch phase {
        case .closed, .lingering: return
        case .reading, .handling: break
        }
        exchange?.connection = nil
        exchange = nil
        phase = .lingering(until: .distantFuture)
        flush()
    }

    /// - Parameter status: what an answer that is not complete counts as; 499 if the client left.
    func close(recording status: Int = 499) {
        loop.assertCurrent()
        guard !isClosed else { return }
        phase = .closed
        loop.unregister(fd)
        loop.unwatch(self)
        Glibc.close(fd)
        lease = nil
        let exchange = exchange
        self.exchange = nil
        exchange?.connection = nil
        output.removeAll()
        output.releaseIfEmpty()
        if exchange?.answer != .complete { exchange?.finished(status, answerBytes) }
        exchange?.dropConsumer()?.aborted()
        server.closed(self)
    }

    // MARK: Time

    func tick(_ now: Ticks) {
        loop.assertCurrent()
        if case .lingering(let until) = phase, now > until { return close() }
        switch clock.verdict(self, now) {
        case .fine: break
        case .close: close()
        case .headTimeout: fail(HTTPError(408, "The request did not arrive in time."))
        case .bodyTimeout: fail(HTTPError(408, "The body did not arrive in time."))
        }
    }

    /// The server drains: an idle connection has had its last request.
    func drain() {
        loop.assertCurrent()
        closeAfterAnswer = true
        if isIdle { linger() }
    }
}
