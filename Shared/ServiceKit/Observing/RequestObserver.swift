import Contract
import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import Tracing

/// Watches over the requests of one loop: counts them, traces them, writes a line for each.
/// Belongs to that loop.
final class RequestObserver {
    /// What is the same for all requests of a route.
    private struct Watched {
        let pattern: String
        /// Of its spans.
        let name: String
        /// Asked every few seconds, by machines.
        let isQuiet: Bool
        /// A request of another service: the client's request has a line with the same request id.
        let isQuery: Bool
        /// Background work makes way for it: not for events, nor for who waits for that work.
        let counts: Bool

        init(_ endpoint: Endpoint) {
            pattern = endpoint.path
            name = "\(endpoint.method.rawValue) \(endpoint.path)"
            isQuiet =
                ["/healthz", "/readyz", "/metrics", LeaseRoutes.renew.path].contains(endpoint.path)
            isQuery = endpoint.access == .service && endpoint.readsOnly
            counts =
                !isQuiet && (endpoint.access != .service || isQuery)
                && endpoint.id != OffboardingRoutes.state.id
        }
    }

    let metrics: RouteMetrics
    private let routes: [Watched]
    private let tracer: Tracer
    private let traffic: RequestTraffic
    private let log: AccessLog
    private let refusals: RefusalLog
    private let isPublic: Bool
    private let loop: EventLoop
    private var ids: TraceIDs
    private var ended: [Ended] = []
    /// What is being written. Two arrays in turns keep their memory.
    private var writing: [Ended] = []
    /// `write`, allocated once.
    private var writeLater: () -> Void = {}

    /// A request whose response is complete.
    private struct Ended {
        let answer: ResponseSink
        let status: Int
        let bytes: Int
        let end: Ticks
    }

    /// - Parameter isPublic: anybody may call.
    init(
        _ endpoints: [Endpoint], on loop: EventLoop, logger: Logger, tracer: Tracer,
        traffic: RequestTraffic, isPublic: Bool
    ) {
        self.isPublic = isPublic
        self.loop = loop
        metrics = RouteMetrics(endpoints)
        routes = endpoints.map { Watched($0) }
        self.tracer = tracer
        self.traffic = traffic
        log = AccessLog(logger, on: loop)
        refusals = RefusalLog(logger, on: loop)
        ids = tracer.makeIDs()
        writeLater = { [weak self] in self?.write() }
    }

    /// Our span of a request.
    func begin(_ head: RequestHead?) -> SpanContext {
        tracer.begin(head?.fields, &ids, isPublic: isPublic)
    }

    /// A span that `parent` causes.
    func child(of parent: SpanContext) -> SpanContext { parent.child(ids.next()) }

    /// From now on until its answer `answer` is in flight.
    func watch(_ answer: ResponseSink) {
        metrics.began()
        let exchange = answer.exchange
        exchange.owner = answer
        exchange.onAnswered = { [self, unowned exchange] status, bytes in
            let end = Ticks.now
            let seconds = end.seconds(since: exchange.started)
            metrics.answered(answer.route, status: status, seconds: seconds)
            if let index = answer.route, routes[index].counts { traffic.count() }
            // A client that disconnects early keeps its place until the work for it has ended.
            if status != 499 {
                answer.admission = nil
                answer.lease = nil
            }
            // No client waits for the rest.
            if ended.isEmpty { loop.postponeLast(writeLater) }
            ended.append(Ended(answer: answer, status: status, bytes: bytes, end: end))
        }
    }

    private func write() {
        swap(&ended, &writing)
        for one in writing { write(one) }
        writing.removeAll(keepingCapacity: true)
    }

    private func write(_ one: Ended) {
        let (answer, status, end) = (one.answer, one.status, one.end)
        let exchange = answer.exchange
        let route = answer.route.map { routes[$0] }
        let isQuiet = route?.isQuiet ?? answer.isPreflight
        let isMinor = isQuiet || (route?.isQuery ?? false) && status < 400
        if log.takes(isMinor), !isRefusal(status, answer) || takesRefusal(answer) {
            var line = AccessLine(exchange.head, status, answer.requestId, answer.trace)
            line.isQuiet = isMinor
            line.route = route?.pattern
            line.nanoseconds = Int(end.nanoseconds - exchange.started.nanoseconds)
            line.bytes = one.bytes
            line.caller = answer.caller
            line.client = answer.client
            log.add(line)
        }
        if !isQuiet, tracer.keeps(answer.trace) { record(answer, route, status, end) }
    }

    /// Bytes that were no request, or too many: there is no exchange to watch.
    func refused(
        _ head: RequestHead?, _ peer: Peer, _ status: Int, _ requestId: String, _ trace: SpanContext
    ) {
        metrics.refused(status)
        guard log.takes(false), takesRefusal(peer) else { return }
        var line = AccessLine(head, status, requestId, trace)
        line.client = peer.host
        log.add(line)
    }

    /// Without a valid token, or 429: what anyone can cause without limit.
    private func isRefusal(_ status: Int, _ answer: ResponseSink) -> Bool {
        status == 429 || answer.caller == nil && ((400..<500).contains(status) || status == 501)
    }

    private func takesRefusal(_ answer: ResponseSink) -> Bool { takesRefusal(answer.origin) }

    private func takesRefusal(_ peer: Peer) -> Bool {
        defer { metrics.unlogged = refusals.droppedCount }
        return refusals.takes(peer)
    }

    func flush() {
        write()
        refusals.flush()
        log.flush()
    }

    private func record(_ answer: ResponseSink, _ route: Watched?, _ status: Int, _ end: Ticks) {
        let head = answer.exchange.head
        let method = head.method.name
        var attributes = [
            Span.Attribute("http.request.method", method),
            Span.Attribute("url.path", AccessLine.path(of: head)),
            Span.Attribute("http.response.status_code", .number(status)),
            Span.Attribute("client.address", answer.client),
            Span.Attribute("latchkey.request_id", answer.requestId),
        ]
        if let route { attributes.append(Span.Attribute("http.route", route.pattern)) }
        if let caller = answer.caller {
            attributes.append(Span.Attribute("enduser.id", caller.userId))
            if caller.isActedFor {
                attributes.append(Span.Attribute("latchkey.acting_id", caller.actingId))
            }
        }
        if status >= 500 { attributes.append(Span.Attribute("error.type", "\(status)")) }
        tracer.record(
            Span(
                answer.trace, .server, route?.name ?? method, start: answer.exchange.started,
                end: end, attributes: attributes, failed: status >= 500))
    }
}

extension RequestContext {
    /// A new span that this request causes. On the exchange's loop alone.
    public func childSpan() -> SpanContext { handler.observer.child(of: trace) }

    /// Whether `tracestate` belongs to a trace that is continued here.
    public var passesTraceState: Bool { trace.parentId != 0 }
}
