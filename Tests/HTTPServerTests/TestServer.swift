import EventLoop
import HTTPCore
import HTTPServer
import TestSupport
import Testing

/// All tests with sockets and short deadlines: one after the other, not to disturb each other.
@Suite(.serialized) enum Sockets {}

/// A handler that is a closure.
final class ClosureHandler: RequestHandler {
    private let body: @Sendable (Exchange) -> Void

    init(_ body: @escaping @Sendable (Exchange) -> Void) { self.body = body }

    func handle(_ exchange: Exchange) { body(exchange) }

    func response(to error: HTTPError, _ head: RequestHead?, from peer: Peer) -> Response {
        Response(error.status, body: Array(error.detail.utf8))
    }
}

/// Runs `body` beside a server on a free port, then ends everything.
func withServer(
    _ options: ServerOptions = ServerOptions(), loops: Int = 1, ticks: FakeTicks? = nil,
    handler: @escaping @Sendable (Exchange) -> Void,
    test: (HTTPServer) async throws -> Void
) async throws {
    let group = ticks?.group(count: loops) ?? EventLoopGroup(count: loops)
    let server = try await HTTPServer(options, on: group) { _ in ClosureHandler(handler) }
    try await ending {
        await server.drain(milliseconds: 0)
        group.stop()
    } after: {
        try await test(server)
    }
}

/// Takes a body, counts what it is told, and does what the test wants.
final class Sink: BodyConsumer, @unchecked Sendable {  // used on one loop
    struct Seen: Sendable {
        var bytes: [UInt8] = []
        var ends = 0
        var aborts = 0
        var drains = 0
    }

    let log: Log<Seen>
    var onBody: ((UnsafeRawBufferPointer) -> Void)?
    var onEnd: (() -> Void)?
    var onDrained: (() -> Void)?

    init(_ log: Log<Seen> = Log(Seen())) { self.log = log }

    func body(_ bytes: UnsafeRawBufferPointer) {
        log.change { $0.bytes.append(contentsOf: bytes) }
        onBody?(bytes)
    }

    func bodyEnd() {
        log.change { $0.ends += 1 }
        onEnd?()
    }

    func aborted() { log.change { $0.aborts += 1 } }

    func drained() {
        log.change { $0.drains += 1 }
        onDrained?()
    }
}

/// Answers with method, path and body, once the body is there.
@Sendable func echo(_ exchange: Exchange) {
    let log = Log(Sink.Seen())
    let sink = Sink(log)
    sink.onEnd = {
        let line = "\(exchange.head.method.name) \(exchange.head.pathText) "
        exchange.respond(Response(200, body: Array(line.utf8) + log.value.bytes))
    }
    exchange.readBody(sink)
}

func get(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n"
}

func post(_ path: String, _ body: String, _ fields: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n"
        + "\(fields)\r\n\(body)"
}
