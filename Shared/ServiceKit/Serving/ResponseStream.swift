import EventLoop
import HTTPCore
import HTTPServer
import Kernel

/// A response whose body is made in parts, each when the client has taken the ones before, so that
/// any length takes little memory. Belongs to its loop.
public final class ResponseStream: BodyConsumer, @unchecked Sendable {  // used on its loop alone
    /// The client has disconnected.
    struct ClientIsGone: Error {}

    private let exchange: Exchange
    private let fields: [Response.Field]
    private var waiting: CheckedContinuation<Void, Never>?
    private var isGone = false

    fileprivate init(_ exchange: Exchange, _ fields: [Response.Field]) {
        self.exchange = exchange
        self.fields = fields
    }

    /// Sends bytes; the first call begins the response. Returns when more can be sent.
    public func write(_ bytes: [UInt8]) async throws {
        exchange.loop.assertCurrent()
        begin()
        guard !isGone, exchange.isOpen else { throw ClientIsGone() }
        if bytes.withUnsafeBytes({ exchange.write($0) }) { return }
        await withCheckedContinuation { waiting = $0 }
        guard !isGone else { throw ClientIsGone() }
    }

    fileprivate func begin() {
        guard !exchange.isAnswered, exchange.isOpen else { return }
        exchange.begin(200, .chunked) { out in
            for field in fields { MessageWriter.field(field.name, field.value, into: &out) }
        }
        // From now on, this is told what becomes of the connection.
        exchange.readBody(self)
    }

    fileprivate func end() {
        exchange.loop.assertCurrent()
        begin()
        exchange.end()
    }

    /// A request for a stream has none.
    public func body(_ bytes: UnsafeRawBufferPointer) {}
    /// Nothing was expected.
    public func bodyEnd() {}

    /// The client is gone: the next `write` throws.
    public func aborted() {
        isGone = true
        goOn()
    }

    /// More can be sent.
    public func drained() { goOn() }

    private func goOn() {
        let continuation = waiting
        waiting = nil
        continuation?.resume()
    }
}

extension RequestContext {
    /// Responds to an exchange that a raw handler has taken over, in parts. What fails before the
    /// first is a problem as with other handlers; later it cuts the response off, so that the
    /// client can't take it for complete. It has no deadline but the client's patience.
    public func stream(
        _ exchange: Exchange, _ fields: [Response.Field],
        _ body: @escaping @Sendable (ResponseStream) async throws -> Void
    ) {
        // The client may have gone already.
        guard let answer = exchange.owner as? ResponseSink else { return }
        let common = APIHandler.finish(
            Response(200, fields: fields, body: []), requestId, trace, isAPI: true)
        let stream = ResponseStream(exchange, common.fields)
        var scope = RequestScope(self)
        scope.deadline = .distantFuture
        let handler = handler
        Task(executorPreference: exchange.loop) { [scope] in
            await RequestScope.$current.withValue(scope) {
                do {
                    try await body(stream)
                    stream.end()
                } catch is ResponseStream.ClientIsGone {
                    return
                } catch {
                    guard exchange.isAnswered else { return answer.fail(error) }
                    let status = Problem(error).status
                    handler.log(error, status, answer)
                    exchange.abort(status)
                }
            }
        }
    }
}
