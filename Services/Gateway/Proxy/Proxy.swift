import Contract
import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import Tracing

/// Forwards admitted requests to the services that own the routes, with an identity in place of the
/// token.
final class Proxy: Sendable {
    /// Seconds for which an identity is reused: services whose clock is ahead still accept it.
    private static let resendSeconds: Int64 = 20

    /// Bytes of a body that others don't have to wait for.
    private static let longestPipelined = 4_096

    private let signer: IdentitySigner
    private let clock: any Clock
    private let logger: Logger
    private let tracer: Tracer
    /// Milliseconds.
    private let patience: Int

    init(
        signer: IdentitySigner, clock: any Clock, patience: Int, logger: Logger, tracer: Tracer
    ) {
        self.tracer = tracer
        self.signer = signer
        self.clock = clock
        self.logger = logger
        self.patience = patience
    }

    /// The routes of `upstream`, mounted here.
    func routes(of upstream: Upstream) -> [Route] {
        upstream.endpoints.map { endpoint in
            .raw(endpoint) { [self] request, exchange in forward(request, exchange, upstream) }
        }
    }

    /// Forwards an admitted request.
    func forward(_ request: RequestContext, _ exchange: Exchange, _ upstream: Upstream) {
        guard let pool = upstream.pool(on: exchange.loop),
            let session = request.session as? BearerAuthenticator.Known
        else { return exchange.refuse(.unexpected("no session on this loop")) }
        // The body's memory is released once it is sent.
        var request = request
        let body = request.takeBody()
        let route = ProxyExchange.Route(
            upstream: upstream, pool: pool,
            isRepeatable: request.endpoint.readsOnly || exchange.head.method.isIdempotent,
            atOnce: body.count <= Self.longestPipelined ? request.endpoint.answersAtOnce : .no,
            authority: upstream.authority, client: request.client,
            identity: identity(session, upstream))
        send(request, body, exchange, route)
    }

    /// Forwards a request to the primary gateway, as its client sent it.
    func pass(_ request: RequestContext, _ exchange: Exchange, to primary: Upstream) {
        guard let pool = primary.pool(on: exchange.loop) else {
            return exchange.refuse(.unexpected("no pool on this loop"))
        }
        var request = request
        let body = request.takeBody()
        let route = ProxyExchange.Route(
            upstream: primary, pool: pool,
            isRepeatable: request.endpoint.readsOnly || exchange.head.method.isIdempotent,
            atOnce: .no,
            // Where no public URL is set, forms are compared with it.
            authority: exchange.head.fields[.host] ?? primary.authority, client: request.client,
            identity: Array("Latchkey-Identity: \(signer.service(audience: "gateway"))\r\n".utf8),
            isPrimary: true)
        send(request, body, exchange, route)
    }

    private func send(
        _ request: RequestContext, _ body: [UInt8], _ exchange: Exchange,
        _ route: ProxyExchange.Route
    ) {
        let proxied = ProxyExchange(
            request, of: exchange, to: route, patience: patience, tracer: tracer, logger: logger)
        proxied.start(body)
    }

    private func identity(_ session: BearerAuthenticator.Known, _ upstream: Upstream) -> [UInt8] {
        let now = clock.now()
        return session.identity(upstream.index, now: now) {
            let token = signer.user(session.caller, audience: upstream.name)
            let line = Array("Latchkey-Identity: \(token)\r\n".utf8)
            return (line, now.adding(seconds: Self.resendSeconds))
        }
    }
}
