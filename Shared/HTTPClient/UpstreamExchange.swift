import EventLoop
import HTTPCore
import Kernel

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
    /// What the response's `X-Request-Id` must be. Only such an exchange shares a connection with
    /// others: if responses and requests should ever get out of step, no caller gets another one's
    /// response.
    let requestId: String?
    /// Until when it waits for an upstream that accepts no connections.
    var patientUntil = Ticks(nanoseconds: 0)
    /// It was sent on a connection that had ended: now it takes a fresh one.
    var retried = false
    /// It decides whether the breaker closes.
    var isProbe = false
    var isDone = false

    init(
        _ method: Method, _ message: consuming ByteBuffer, isRepeatable: Bool,
        requestId: String? = nil, deadline: Ticks, pool: UpstreamPool,
        consumer: any ResponseConsumer
    ) {
        self.method = method
        self.isRepeatable = isRepeatable
        self.requestId = requestId
        self.message = message
        self.deadline = deadline
        self.pool = pool
        self.consumer = consumer
    }

    /// Whether requests can be sent behind it on its connection.
    var isPipelined: Bool { requestId != nil }

    /// Gives up: the consumer is not called again. Destroys the connection, unless others share it.
    public func cancel() {
        pool.loop.assertCurrent()
        guard !isDone else { return }
        isDone = true
        consumer = nil
        pool.abandoned(self)
        // The response of one that shares its connection is read and dropped.
        guard !isPipelined else { return }
        let connection = connection
        self.connection = nil
        connection?.close()
    }

    /// Stops reading the answer until `resume`. An exchange that shares its connection goes on: it
    /// would hold up the others, and the upstream has its whole response in memory anyway.
    public func pause() {
        if !isPipelined { connection?.pause() }
    }
    /// Reads on after `pause`.
    public func resume() { connection?.resume() }

    /// Whether the head is one of its response.
    func isAnswered(by head: ResponseHead) -> Bool {
        guard var requestId else { return true }
        return head.fields.withValue(.xRequestId) { bytes in
            requestId.withUTF8 { bytes.equals(UnsafeRawBufferPointer($0)) }
        } ?? false
    }

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
