import HTTPCore
import HTTPServer
import Kernel

extension RequestContext {
    /// Responds to an exchange that a raw handler has taken over, as for other handlers.
    public func answer(
        _ exchange: Exchange, _ body: @escaping @Sendable () async throws -> Response
    ) {
        // The client may have gone already.
        guard let answer = exchange.owner as? ResponseSink else { return }
        handler.perform(self, answer, body)
    }
}

extension Exchange {
    /// Responds with a problem where a raw handler has taken over.
    public func refuse(_ fault: Fault) { (owner as? ResponseSink)?.fail(fault) }
}
