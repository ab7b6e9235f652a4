import Contract
import EventLoop
import GatewayContract
import HTTPClient
import HTTPServer
import InvitationsContract
import Kernel
import ServiceKit
import Synchronization

/// A running edge gateway: a gateway without a database, which asks the primary one for tokens and
/// users, and passes on to it what the primary answers itself.
public final class EdgeGateway: RunningService {
    public var port: UInt16 { publicServer.port }
    public var internalPort: UInt16 { internalServer.port }
    private let publicServer: APIServer
    private let internalServer: APIServer
    private let health: Health
    private let drainDelay: Int
    private let credentials: LeasedCredentials
    private let leases: any LeaseHolding
    private let jwts: JWTVerifier?
    private let flushing: Task<Void, Never>

    init(
        publicServer: APIServer, internalServer: APIServer, health: Health,
        credentials: LeasedCredentials, leases: any LeaseHolding, jwts: JWTVerifier?,
        drainDelay: Int, logger: Logger
    ) {
        self.jwts = jwts
        self.publicServer = publicServer
        self.internalServer = internalServer
        self.health = health
        self.drainDelay = drainDelay
        self.credentials = credentials
        self.leases = leases
        flushing = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                do {
                    try await credentials.flush()
                } catch {
                    logger.warning("can't report when tokens were used", ["error": "\(error)"])
                }
            }
        }
    }

    public func stop() async {
        health.drain()
        await publicServer.drain(after: drainDelay)
        await internalServer.drain(milliseconds: 500)
        flushing.cancel()
        await jwts?.stop()
        await flushing.value
        await leases.stop()
    }
}

/// Starts the gateway that the settings describe.
public func startGateway(
    _ settings: GatewaySettings, _ runtime: Runtime
) async throws -> any RunningService {
    guard let primary = settings.primaryURL else { return try await makeGateway(settings, runtime) }
    return try await makeEdgeGateway(
        settings, runtime, primary: primary, gate: PublicGate(settings.gate))
}

/// Composes and starts an edge gateway.
func makeEdgeGateway(
    _ settings: GatewaySettings, _ runtime: Runtime, primary url: ServiceURL, gate: PublicGate,
    providerTime: IssuerKeys.Time = IssuerKeys.Time()
) async throws -> EdgeGateway {
    let keys = settings.common.keys
    let signer = IdentitySigner(issuer: "gateway", keys: keys, clock: runtime.clock)
    let upstreams = makeUpstreams(settings, runtime)
    let primary = Upstream(
        "gateway", url, [], index: upstreams.count, resolver: Resolver(),
        patience: runtime.restartPatience, on: runtime.group)
    // It waits for the primary by itself.
    let client = ServiceClient(
        "gateway", at: url, signer: signer, on: runtime.group, tracer: runtime.tracer,
        hasBreaker: false)
    // Without spans: several a second that belong to no request.
    let leases = HeldLeases<CredentialQuestion, CredentialAnswer>(
        of: "gateway",
        ServiceClient("gateway", at: url, signer: signer, on: runtime.group, hasBreaker: false),
        on: runtime.group.loops[0])
    let credentials = LeasedCredentials(
        leases, CredentialAsker(leases, client, patience: runtime.restartPatience), client,
        clock: runtime.clock)
    let proxy = Proxy(
        signer: signer, clock: runtime.clock, patience: settings.upstreamTimeout,
        logger: runtime.logger, tracer: runtime.tracer)
    let jwts = try makeJWTs(settings, runtime, providerTime) { command, _ in
        try await client.call(EdgeQueries.createUser, command, as: NewcomerReply.self)
            .user.map { NamedUser($0) }
    }
    let health = makeHealth(leases, upstreams, primary, gate, jwts?.verifier, runtime)
    let authenticator = { @Sendable () -> any Authenticator in
        let services = IdentityAuthenticator(audience: "gateway", keys: keys, clock: runtime.clock)
        return BearerAuthenticator(
            credentials, internal: services, services: upstreams.count, jwts: jwts)
    }
    var options = settings.common.server
    options.connectionsPerAddress = settings.gate.connections
    options.exemptPeers = settings.gate.trustedProxies
    let publicServer = try await APIServer(
        [Health.alive] + proxy.routes(ofPrimary: primary, settings)
            + upstreams.flatMap { proxy.routes(of: $0) },
        options: options, runtime: runtime, gate: gate,
        names: EdgeUserNames(
            credentials: credentials,
            client: ServiceClient("gateway", at: url, signer: signer, in: runtime)),
        publicURL: settings.common.publicURL, resourceMetadata: settings.resourceMetadata,
        authenticator: authenticator)
    options.port = settings.internalPort
    options.connectionsPerAddress = 0
    let internalServer = try await APIServer(
        health.routes, options: options, runtime: runtime, authenticator: authenticator)
    health.observe(publicServer)
    health.observe(internalServer)
    return EdgeGateway(
        publicServer: publicServer, internalServer: internalServer, health: health,
        credentials: credentials, leases: leases, jwts: jwts?.verifier,
        drainDelay: settings.drainDelay, logger: runtime.logger)
}

extension Proxy {
    /// What the primary gateway answers itself.
    fileprivate func routes(ofPrimary primary: Upstream, _ settings: GatewaySettings) -> [Route] {
        let links = settings.invitationsURL == nil ? [] : LinkRoutes.all
        let pages = links + ConsoleRoutes.all + BrandRoutes.all + NotificationRoutes.all
        let standards = AuthZENRoutes.all + OAuthRoutes.all + SCIMRoutes.all
        return (GatewayRoutes.all + [PublicAudit.list] + standards + pages).map { endpoint in
            .raw(endpoint, leavesNames: true) { [self] request, exchange in
                pass(request, exchange, to: primary)
            }
        }
    }
}

/// An edge gateway is ready when it has reached the primary and every service. A service that is
/// away later doesn't count: all gateways share it, and none would be left. The primary does, after
/// a while: this one may be cut off from it, and others not.
private func makeHealth(
    _ leases: HeldLeases<CredentialQuestion, CredentialAnswer>, _ upstreams: [Upstream],
    _ primary: Upstream, _ gate: PublicGate, _ jwts: JWTVerifier?, _ runtime: Runtime
) -> Health {
    let primaryCheck = Health.Check("primary") {
        guard let silence = leases.silence else { return "never reached" }
        return silence < longestSilence ? nil : "silent for \(silence) ms"
    }
    let checks = upstreams.map { upstream in
        let check = upstream.check(on: runtime.group)
        let wasReady = Flag()
        return Health.Check(upstream.name) {
            let failure = await check()
            if failure == nil { wasReady.set() }
            return wasReady.isSet ? nil : failure
        }
    }
    return Health([primaryCheck] + checks, logger: runtime.logger) { text in
        text.leases([leases.metrics])
        gate.write(into: &text)
        jwts?.writeMetrics(&text)
        var states: [UpstreamState] = []
        for upstream in upstreams + [primary] { states.append(await upstream.state()) }
        text.upstreams(states)
    }
}

/// Milliseconds without the primary after which an edge gateway isn't ready: longer than a restart
/// of the primary takes, or no gateway would be left meanwhile.
private let longestSilence = 10_000

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
