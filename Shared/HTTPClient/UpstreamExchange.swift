import EventLoop
import HTTPCore

/// Receives a response as it arrives. Called on the exchange's loop, not after `end` or `failed`.
public protocol ResponseConsumer: AnyObject {
    /// The status line was whole, and the rest of the head can't be used or does not come: `failed`
    /// follows.
    func statusLine(_ status: Int)
    func head(_ head: ResponseHead)
    /// Lent: valid during the call.
    func responseBody(_ bytes: UnsafeRawBufferPointer)
    func end()
    func failed(_ failure: UpstreamFailure)
}

extension ResponseConsumer {
    /// Ignored by default.
    public func statusLine(_ status: Int) {}
}

/// One request to an upstream and its answer. Belongs to its loop.
public final class UpstreamExchange: @unchecked Sendable {
    let method: Method
    /// Head and body.
    var message: ByteBuffer
    /// When the upstream has taken too long. Not looked at while the answer is paused.
    public var deadline: Ticks
    var consumer: (any ResponseConsumer)?
    let pool: UpstreamPool
    var connection: UpstreamConnection?
    /// Sending it twice does no harm.
    let isRepeatable: Bool
    /// It was sent on a connection that had ended: now it takes a fresh one.
    var retried = false
    /// It decides whether the breaker closes.
    var isProbe = false
    var isDone = false

    init(
        _ method: Method, _ message: consuming ByteBuffer, isRepeatable: Bool, deadline: Ticks,
        pool: UpstreamPool, consumer: any ResponseConsumer
    ) {
        self.method = method
        self.isRepeatable = isRepeatable
        self.message = message
        self.deadline = deadline
        self.pool = pool
        self.consumer = consumer
    }

    /// Gives up: destroys the connection; the consumer is not called again.
    public func cancel() {
        pool.loop.assertCurrent()
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
    /// Reads on after `pause`.
    public func resume() { connection?.resume() }

    func fail(_ failure: UpstreamFailure) {
        pool.loop.assertCurrent()
        guard !isDone else { return }
        isDone = true
        connection = nil
        let consumer = consumer
        self.consumer = nil
        consumer?.failed(failure)
    }

    func finish() {
        pool.loop.assertCurrent()
        guard !isDone else { return }
        isDone = true
        connection = nil
        let consumer = consumer
        self.consumer = nil
        consumer?.end()
    }
}
