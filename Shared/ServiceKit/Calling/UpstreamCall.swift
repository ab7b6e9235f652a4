import Contract
import EventLoop
import HTTPClient
import HTTPCore
import Tracing

/// One request to another service: its span and its metrics.
public struct UpstreamCall: Sendable {
    /// The span, whose id the other service gets.
    public let trace: SpanContext
    private let upstream: String
    private let endpoint: Endpoint
    private let tracer: Tracer
    private let meter: UpstreamMeter
    private let started = Ticks.now

    /// Begins now.
    public init(
        _ endpoint: Endpoint, to upstream: String, as trace: SpanContext, _ tracer: Tracer,
        _ meter: UpstreamMeter
    ) {
        self.endpoint = endpoint
        self.upstream = upstream
        self.trace = trace
        self.tracer = tracer
        self.meter = meter
    }

    /// The response is complete.
    public func ended(_ status: Int) {
        finish(status, nil, error: status >= 500 ? "\(status)" : nil)
    }

    /// There is no complete response.
    public func failed(_ failure: UpstreamFailure) { finish(nil, failure, error: failure.label) }

    /// The caller no longer waits for the response. That is not a failure of the other service.
    public func cancelled() { finish(nil, nil, error: nil) }

    private func finish(_ status: Int?, _ failure: UpstreamFailure?, error: String?) {
        let end = Ticks.now
        meter.count(seconds: end.seconds(since: started), failure)
        guard tracer.keeps(trace) else { return }
        let method = endpoint.method.rawValue
        var attributes = [
            Span.Attribute("http.request.method", method),
            Span.Attribute("url.template", endpoint.path),
            Span.Attribute("peer.service", upstream),
        ]
        if let status {
            attributes.append(Span.Attribute("http.response.status_code", .number(status)))
        }
        if let error { attributes.append(Span.Attribute("error.type", error)) }
        tracer.record(
            Span(
                trace, .client, "\(method) \(endpoint.path)", start: started, end: end,
                attributes: attributes, failed: error != nil))
    }

    /// What an internal call on behalf of a request carries.
    func fields(_ scope: RequestScope) -> [Response.Field] {
        var fields = [Response.Field("traceparent", trace.traceparent)]
        if let state = scope.traceState { fields.append(Response.Field("tracestate", state)) }
        if let id = scope.requestId { fields.append(Response.Field("X-Request-Id", id)) }
        return fields
    }
}
