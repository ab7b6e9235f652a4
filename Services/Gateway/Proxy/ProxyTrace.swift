import Contract
import HTTPClient
import HTTPCore
import ServiceKit
import Tracing

/// Traces and measures one forwarded request. Belongs to its loop.
struct ProxyTrace {
    /// Whether the client's `tracestate` belongs to the trace.
    let passesState: Bool
    /// The upstream's; zero until its response head arrives.
    var status = 0
    /// The gateway's span of the client's request: the client gets it, not those behind it.
    let server: SpanContext
    /// The forwarding span, which is the parent of the service's.
    let client: SpanContext
    private let endpoint: Endpoint
    private let upstream: Upstream
    private let tracer: Tracer
    /// While the upstream has the request.
    private var call: UpstreamCall?

    init(_ request: RequestContext, _ upstream: Upstream, _ tracer: Tracer) {
        passesState = request.passesTraceState
        server = request.trace
        client = request.childSpan()
        endpoint = request.endpoint
        self.upstream = upstream
        self.tracer = tracer
    }

    mutating func begin() {
        call = UpstreamCall(endpoint, to: upstream.name, as: client, tracer, upstream.meter)
    }

    mutating func ended() {
        call?.ended(status)
        call = nil
    }

    mutating func failed(_ failure: UpstreamFailure) {
        call?.failed(failure)
        call = nil
    }

    mutating func cancelled() {
        call?.cancelled()
        call = nil
    }
}
