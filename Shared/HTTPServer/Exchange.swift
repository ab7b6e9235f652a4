import EventLoop
import HTTPCore

/// Receives a request's body as it arrives, and the end of the connection. Called on the
/// exchange's loop.
public protocol BodyConsumer: AnyObject {
    /// Lent: valid during the call.
    func body(_ bytes: UnsafeRawBufferPointer)
    func bodyEnd()
    /// The client has disconnected, or its body can't be read: there is no one to respond to.
    func aborted()
    /// What was written has been sent as far as the producer may go on.
    func drained()
}

/// One request and its answer. Belongs to its loop.
public final class Exchange: @unchecked Sendable {
    /// The request's head.
    public private(set) var head: RequestHead
    /// Where everything about it happens.
    public let loop: EventLoop
    /// When the head was complete.
    public let started: Ticks
    /// Called when the response is complete; for the handler of the request.
    /// - Parameter bytes: of the answer's body.
    public var onAnswered: ((_ status: Int, _ bytes: Int) -> Void)?
    /// Fields of the response, whether the handler or the server gives it.
    public var answerFields: (any AnswerFields)?
    /// For the handler, until the response is complete or can't be sent.
    public var owner: AnyObject?
    /// The other end of the connection.
    public let peer: Peer
    /// Until the answer is complete or the client is gone.
    var connection: ServerConnection?
    var consumer: (any BodyConsumer)?
    var wantsBody = false
    var answer = State.none

    enum State: Equatable {
        case none
        case begun(chunked: Bool)
        case complete
    }

    init(_ head: RequestHead, on connection: ServerConnection) {
        self.head = head
        self.loop = connection.loop
        self.started = connection.loop.now
        peer = connection.peer
        self.connection = connection
    }

    /// Whether anything of the answer has been given.
    public var isAnswered: Bool { answer != .none }
    /// Whether the client still waits for the response.
    public var isOpen: Bool { connection != nil && answer != .complete }

    /// From now on the request is the one below `prefix` (`RequestHead.below`).
    /// - Returns: false, and changes nothing, if its path is elsewhere.
    public func enter(_ prefix: String) -> Bool {
        guard let inner = head.below(prefix) else { return false }
        head = inner
        return true
    }

    /// Begins to take the body; answers `Expect: 100-continue`.
    public func readBody(_ consumer: any BodyConsumer) {
        loop.assertCurrent()
        // The client may have gone while the handler waited for something else.
        guard isOpen, let connection else { return consumer.aborted() }
        self.consumer = consumer
        wantsBody = true
        connection.beginBody(self)
    }

    /// Gives the whole answer. Later answers are ignored.
    public func respond(_ response: Response) {
        loop.assertCurrent()
        guard answer == .none, let connection else { return }
        connection.respond(self, response)
    }

    /// Begins an answer whose body follows by `write`.
    /// - Parameters:
    ///   - framing: `.length` promises exactly as many bytes; `.chunked` none.
    ///   - fields: writes the field lines, but for Date, Connection and framing.
    public func begin(
        _ status: Int, _ framing: BodyFraming, fields: (inout ByteBuffer) -> Void
    ) {
        loop.assertCurrent()
        guard answer == .none, let connection else { return }
        connection.begin(self, status, framing, fields)
    }

    /// - Returns: false if the producer is to wait for `drained`.
    public func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        loop.assertCurrent()
        guard case .begun(let chunked) = answer, let connection else { return true }
        return connection.write(self, bytes, chunked: chunked)
    }

    /// Ends a response begun by `begin`.
    public func end() {
        loop.assertCurrent()
        guard case .begun(let chunked) = answer, let connection else { return }
        connection.end(self, chunked: chunked)
    }

    /// Cuts the answer off, so that the client can't take it for complete.
    /// - Parameter status: for the log and metrics, instead of the one sent.
    public func abort(_ status: Int) {
        loop.assertCurrent()
        connection?.close(recording: status)
    }

    /// The consumer gets no more of the body, nor the end of the connection.
    func dropConsumer() -> (any BodyConsumer)? {
        defer { consumer = nil }
        wantsBody = false
        return consumer
    }

    func finished(_ status: Int, _ bytes: Int) {
        loop.assertCurrent()
        let callback = onAnswered
        onAnswered = nil
        owner = nil
        callback?(status, bytes)
    }
}
