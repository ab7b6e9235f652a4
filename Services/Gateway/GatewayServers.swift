import HTTPServer
import ServiceKit

/// The ports of the primary gateway: the public one, and the internal one for services, operators
/// and edge gateways.
struct GatewayServers {
    let settings: GatewaySettings
    let runtime: Runtime
    let gate: PublicGate
    let names: UserNames
    let idempotency: IdempotencyKeys
    let authenticator: @Sendable () -> any Authenticator

    /// The gateway's operator can call some of its own routes on the internal port.
    /// - Parameters:
    ///   - own: what the gateway answers itself. Edge gateways pass it on to the internal port.
    ///   - forwarded: the services' routes.
    ///   - inner: of the internal port alone.
    func start(
        own: [Route], forwarded: [Route], inner: [Route]
    ) async throws -> (open: APIServer, inner: APIServer) {
        var options = settings.common.server
        options.connectionsPerAddress = settings.gate.connections
        options.exemptPeers = settings.gate.trustedProxies
        let publicURL = settings.common.publicURL
        let open = try await APIServer(
            [Health.alive] + own + forwarded, options: options, runtime: runtime,
            idempotency: idempotency, gate: gate, names: names, publicURL: publicURL,
            resourceMetadata: settings.resourceMetadata, authenticator: authenticator)
        options.port = settings.internalPort
        options.connectionsPerAddress = 0
        options.limits.allowNames()
        let edges = EdgeGate(settings.common.keys, clock: runtime.clock, on: runtime.group)
        let inner = try await APIServer(
            inner + own, options: options, runtime: runtime, idempotency: idempotency,
            gate: edges, names: names, publicURL: publicURL,
            resourceMetadata: settings.resourceMetadata
        ) {
            InternalAuthenticator(settings.common.keys, clock: runtime.clock, authenticator())
        }
        return (open, inner)
    }
}
