import EventLoop
import HTTPCore
import Tracing

/// What calls to other services on behalf of a request carry. Follows the task that handles it.
struct RequestScope: Sendable {
    /// When the client stops waiting for the response: longer waits are useless.
    var deadline = Ticks.distantFuture
    var requestId: String?
    /// Our span of the request.
    var trace: SpanContext?
    var traceState: String?

    @TaskLocal static var current = RequestScope()
}

extension RequestScope {
    init(_ request: RequestContext) {
        deadline = request.deadline
        requestId = request.requestId
        trace = request.trace
        // Several lines are one list (W3C Trace Context §3.3.1).
        if request.passesTraceState { traceState = request.head.fields.joined(.tracestate) }
    }
}

extension RequestContext {
    /// The id of the request that this task handles; nil outside of one.
    public static var currentId: String? { RequestScope.current.requestId }
}
