import EventLoop
import HTTPCore

/// Takes an answer as it arrives. Called on the exchange's loop; after `end` or `failed` no more.
public protocol ResponseConsumer: AnyObject {
    func head(_ head: ResponseHead)
    /// Lent: valid during the call.
    func responseBody(_ bytes: UnsafeRawBufferPointer)
    func end()
    func failed(_ failure: UpstreamFailure)
    /// More of a streamed request body may be written.
    func requestDrained()
}

/// One request to an upstream and its answer. Belongs to its loop.
public final class UpstreamExchange: @unchecked Sendable {
    let method: Method
    /// The head, and the body if it was given whole.
    var message: ByteBuffer
    /// More body follows by `write`, ended by `endBody`.
    let streamsBody: Bool
    /// When the upstream has taken too long. Not looked at while the answer is paused.
    public var deadline: Ticks
    var consumer: (any ResponseConsumer)?
    let pool: UpstreamPool
    var connection: UpstreamConnection?
    /// The head is on the connection; before that, parts of the body wait in `pending`.
    var hasBegun = false
    var retried = false
    /// It decides whether the breaker closes.
    var isProbe = false
    var bodyEnded = false
    /// Body bytes written before there was a connection.
    var pending = ByteBuffer()
    var isDone = false
    var isChunked: Bool

    init(
        _ method: Method, _ message: consuming ByteBuffer, streamsBody: Bool, isChunked: Bool,
        deadline: Ticks, pool: UpstreamPool, consumer: any ResponseConsumer
    ) {
        self.method = method
        self.message = message
        self.streamsBody = streamsBody
        self.isChunked = isChunked
        self.deadline = deadline
        self.pool = pool
        self.consumer = consumer
    }

    /// Sends a part of the body, in a chunk if the head said so.
    /// - Returns: false if the caller is to wait for `requestDrained`.
    public func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !isDone else { return true }
        guard hasBegun, let connection else {
            append(bytes, &pending)
            return pending.count < UpstreamConnection.highWater
        }
        append(bytes, &connection.output)
        return connection.flushed()
    }

    public func endBody() {
        guard !isDone, !bodyEnded else { return }
        bodyEnded = true
        guard hasBegun, let connection else {
            if isChunked { MessageWriter.lastChunk(into: &pending) }
            return
        }
        if isChunked { MessageWriter.lastChunk(into: &connection.output) }
        connection.flush()
    }

    /// Gives up: the connection is destroyed, nothing more is called.
    public func cancel() {
        guard !isDone else { return }
        isDone = true
        consumer = nil
        let connection = connection
        self.connection = nil
        pool.abandoned(self)
        connection?.close()
    }

    /// Stops reading the answer until `resume`.
    public func pause() { connection?.pause() }
    public func resume() { connection?.resume() }

    private func append(_ bytes: UnsafeRawBufferPointer, _ buffer: inout ByteBuffer) {
        if isChunked {
            MessageWriter.chunk(bytes, into: &buffer)
        } else {
            buffer.append(bytes)
        }
    }

    func fail(_ failure: UpstreamFailure) {
        guard !isDone else { return }
        isDone = true
        connection = nil
        let consumer = consumer
        self.consumer = nil
        consumer?.failed(failure)
    }

    func finish() {
        guard !isDone else { return }
        isDone = true
        connection = nil
        let consumer = consumer
        self.consumer = nil
        consumer?.end()
    }
}
