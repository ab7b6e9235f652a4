import Contract
import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport

/// A fake entities service: an HTTP server with a test's handler.
final class UpstreamUnderTest: Sendable {
    let port: UInt16
    private let group: EventLoopGroup
    private let server: HTTPServer

    init(_ handler: @escaping @Sendable (Exchange) -> Void) async throws {
        group = EventLoopGroup(count: 1)
        var options = ServerOptions()
        options.limits.bodyBytes = 64 * 1024 * 1024
        server = try await HTTPServer(options, on: group) { _ in Handler(handler) }
        port = server.port
    }

    func connectionCount() async -> Int { await server.connectionCount() }

    func stop() async {
        await server.drain(milliseconds: 0)
        group.stop()
    }

    private final class Handler: RequestHandler {
        private let body: @Sendable (Exchange) -> Void

        init(_ body: @escaping @Sendable (Exchange) -> Void) { self.body = body }

        func handle(_ exchange: Exchange) { body(exchange) }

        func response(to error: HTTPError, _ head: RequestHead?, from peer: Peer) -> Response {
            Response(error.status, body: Array(error.detail.utf8))
        }
    }
}

/// A gateway in front of an upstream with `handler`, and a user's token.
func withProxy(
    loops: Int = 1, patience: Int = 5_000, extra: [String: String] = [:],
    ticks: FakeTicks? = nil, _ handler: @escaping @Sendable (Exchange) -> Void,
    _ test: (GatewayWorld, UpstreamUnderTest) async throws -> Void
) async throws {
    let upstream = try await UpstreamUnderTest(handler)
    try await ending(with: upstream.stop) {
        try await withGateway(
            entities: upstream.port, loops: loops, patience: patience, extra: extra, ticks: ticks
        ) { try await test($0, upstream) }
    }
}

/// Collects a request's body.
final class Sink: BodyConsumer, @unchecked Sendable {  // used on one loop
    private(set) var bytes: [UInt8] = []
    var onPart: ((Int) -> Void)?
    var onEnd: (() -> Void)?

    func body(_ part: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: part)
        onPart?(bytes.count)
    }

    func bodyEnd() { onEnd?() }
    func aborted() {}
    func drained() {}
}

/// A request as the upstream received it.
struct Seen: Sendable {
    let method: String
    let target: String
    let fields: [(name: String, value: String)]
    var body: [UInt8] = []

    init(_ exchange: Exchange) {
        let head = exchange.head
        method = head.method.name
        target = head.withTarget { String(decoding: $0, as: UTF8.self) }
        fields = head.fields.fields.map {
            (head.fields.name(of: $0).lowercased(), head.fields.value(of: $0))
        }
    }

    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

/// Records every request, with its body, and answers with `answer`. The gateway's own events are
/// not recorded: they come whenever they do.
func recording(
    _ log: Log<[Seen]>,
    _ answer: @escaping @Sendable (Exchange) -> Response = { _ in Response(200) }
) -> @Sendable (Exchange) -> Void {
    { exchange in
        let sink = Sink()
        sink.onEnd = {
            var seen = Seen(exchange)
            seen.body = sink.bytes
            if seen.target != OutgoingEvents.deliver.path { log.change { $0.append(seen) } }
            exchange.respond(answer(exchange).repeatingId(of: exchange))
        }
        exchange.readBody(sink)
    }
}

extension Response {
    /// With the id of the request, which all our services repeat.
    func repeatingId(of exchange: Exchange) -> Response {
        guard let id = exchange.head.fields[.xRequestId] else { return self }
        return Response(status, fields: fields + [Field("X-Request-Id", id)], body: body)
    }
}
