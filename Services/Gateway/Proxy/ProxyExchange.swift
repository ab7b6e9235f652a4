import Contract
import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import Tracing

/// One forwarded request. Its body is sent in one go, so that slow clients don't occupy connections
/// to services; its response is streamed, and the service waits for the client. Every message is
/// framed anew from what was parsed. Belongs to its loop.
final class ProxyExchange: BodyConsumer, ResponseConsumer, @unchecked Sendable {
    private let client: Exchange
    /// The request's, with our own names in place of external ids.
    private let sent: RequestHead
    private let requestId: String
    /// The client's own where a standard requires that.
    private let shownRequestId: String
    /// Milliseconds without progress after which the upstream has taken too long.
    private let patience: Int
    private let logger: Logger
    private let route: Route
    private var trace: ProxyTrace
    private var upstream: UpstreamExchange?
    /// To send the request again, on a connection of its own, if the service can't answer at once.
    private var tried: [UInt8]?

    /// Where the request goes.
    struct Route {
        let upstream: Upstream
        let pool: UpstreamPool
        /// Sending the request twice is harmless: a POST may only read, too.
        let isRepeatable: Bool
        /// Whether others can be sent behind it.
        let atOnce: Endpoint.AtOnce
        let authority: String
        /// The client's address.
        let client: String
        /// The whole `Latchkey-Identity` line.
        let identity: [UInt8]
        /// Whether it is the primary gateway, which gets the credentials and answers as a gateway.
        var isPrimary = false
    }

    private static let ownFields: StaticString =
        "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"

    /// - Parameter request: as the service gets it.
    init(
        _ request: RequestContext, of client: Exchange, to route: Route, patience: Int,
        tracer: Tracer, logger: Logger
    ) {
        self.client = client
        sent = request.head
        self.route = route
        requestId = request.requestId
        shownRequestId = route.isPrimary ? request.shownRequestId : request.requestId
        self.patience = patience
        trace = ProxyTrace(request, route.upstream, tracer)
        self.logger = logger
    }

    func start(_ body: [UInt8]) {
        client.loop.assertCurrent()
        trace.begin()
        if route.atOnce == .usually { tried = body }
        send(body, isPipelined: route.atOnce != .no)
        // The body has been read: this reports when the client goes away.
        if upstream != nil { client.readBody(self) }
    }

    private func send(_ body: [UInt8], isPipelined: Bool) {
        let exchange = route.pool.send(
            client.head.method, isRepeatable: route.isRepeatable,
            pipelinedAs: isPipelined ? requestId : nil, deadline: nextDeadline, to: self
        ) { out in
            writeHead(body.count, &out)
            out.append(body)
        }
        // It may have failed at once.
        if client.isOpen, !client.isAnswered { upstream = exchange }
    }

    private var nextDeadline: Ticks { client.loop.time.adding(milliseconds: patience) }

    private func writeHead(_ length: Int, _ out: inout ByteBuffer) {
        // Each `client.head` would be a copy.
        let head = client.head
        out.append(head.method.name)
        out.append(" " as StaticString)
        sent.withTarget { out.append($0) }
        out.append(" HTTP/1.1\r\nHost: " as StaticString)
        out.append(route.authority)
        out.append("\r\n" as StaticString)
        let named = ForwardedFields.connectionNames(head.fields)
        for field in head.fields.fields where passesUp(field, head.fields) {
            if !named.isEmpty, named.contains(field.name.rawValue) { continue }
            if field.name == .tracestate, !trace.passesState { continue }
            MessageWriter.field(head.fields, field, into: &out)
        }
        out.append(head.minorVersion == 0 ? "Via: 1.0 latchkey\r\n" : "Via: 1.1 latchkey\r\n")
        MessageWriter.field("X-Forwarded-For", route.client, into: &out)
        MessageWriter.field("X-Request-Id", requestId, into: &out)
        writeAsked(head, into: &out)
        trace.client.writeField(into: &out)
        out.append("Latchkey-Deadline: " as StaticString)
        out.append(number: patience)
        out.append("\r\n" as StaticString)
        if tried != nil { out.append("Latchkey-At-Once: 1\r\n" as StaticString) }
        out.append(route.identity)
        if length > 0 || head.method == .post {
            MessageWriter.framing(.length(length), into: &out)
        }
        out.append("\r\n" as StaticString)
    }

    private func passesUp(_ field: FieldList.Field, _ fields: FieldList) -> Bool {
        route.isPrimary
            ? ForwardedFields.passesToPrimary(field, fields)
            : ForwardedFields.passesUp(field.name)
    }

    private func passesDown(_ field: FieldList.Field, _ fields: FieldList) -> Bool {
        route.isPrimary
            ? ForwardedFields.passesFromPrimary(field, fields)
            : ForwardedFields.passesDown(field, fields)
    }

    /// What the client asked for, where that is not what the service gets: responses repeat it.
    private func writeAsked(_ head: RequestHead, into out: inout ByteBuffer) {
        guard !sent.hasTarget(of: head) else { return }
        out.append("Latchkey-Target: " as StaticString)
        head.withTarget { out.append($0) }
        out.append("\r\n" as StaticString)
    }

    // MARK: The client

    func body(_ bytes: UnsafeRawBufferPointer) {}
    func bodyEnd() {}

    func aborted() {
        client.loop.assertCurrent()
        trace.cancelled()
        upstream?.cancel()
        upstream = nil
    }

    func drained() {
        client.loop.assertCurrent()
        upstream?.resume()
    }

    // MARK: The upstream's response

    func head(_ head: ResponseHead) {
        client.loop.assertCurrent()
        guard head.status != 401 || route.isPrimary else {
            // It is about the identity that we sent. The client's token is valid, and a 401 would
            // make the client discard it.
            upstream?.cancel()
            return fail(.malformed, "401: it refused our identity")
        }
        if let body = tried {
            tried = nil
            if head.status == 421 {
                upstream?.cancel()
                upstream = nil
                return send(body, isPipelined: false)
            }
        }
        upstream?.deadline = nextDeadline
        trace.status = head.status
        let named = ForwardedFields.connectionNames(head.fields)
        client.begin(head.status, Self.framing(head, to: client.head.method)) { out in
            for field in head.fields.fields where passesDown(field, head.fields) {
                if !named.isEmpty, named.contains(head.fields.name(of: field).lowercased()) {
                    continue
                }
                MessageWriter.field(head.fields, field, into: &out)
            }
            MessageWriter.field("X-Request-Id", shownRequestId, into: &out)
            trace.server.writeField(into: &out)
            if !route.isPrimary { out.append(Self.ownFields) }
        }
    }

    /// A response without a length is chunked; HEAD keeps the length that GET would have.
    private static func framing(_ head: ResponseHead, to method: Method) -> BodyFraming {
        if method == .head, let length = head.contentLength { return .length(length) }
        return head.framing == .untilClose ? .chunked : head.framing
    }

    func responseBody(_ bytes: UnsafeRawBufferPointer) {
        client.loop.assertCurrent()
        upstream?.deadline = nextDeadline
        if !client.write(bytes) { upstream?.pause() }
    }

    func end() {
        client.loop.assertCurrent()
        upstream = nil
        trace.ended()
        client.end()
    }

    func failed(_ failure: UpstreamFailure) {
        // Those that opened the breaker have been reported.
        fail(failure, failure == .circuitOpen ? nil : "\(failure)")
    }

    private func fail(_ failure: UpstreamFailure, _ reason: String?) {
        client.loop.assertCurrent()
        upstream = nil
        trace.failed(failure)
        if let reason {
            logger.warning(
                "upstream failed",
                ["upstream": route.upstream.name, "reason": reason, "requestId": requestId])
        }
        let fault = failure.fault()
        if client.isAnswered { return client.abort(Problem(fault).status) }
        client.refuse(fault)
    }
}
