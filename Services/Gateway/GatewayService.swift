import Contract
import EntitiesContract
import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer
import Kernel
import Outbox
import SQLite
import ServiceKit

/// The running gateway: the public port and the internal one.
public final class GatewayService: RunningService {
    public var port: UInt16 { publicServer.port }
    public var internalPort: UInt16 { internalServer.port }
    private let publicServer: APIServer
    private let internalServer: APIServer
    private let health: Health
    let database: Database
    private let lookup: TokenLookup
    private let background: [Task<Void, Never>]

    init(
        publicServer: APIServer, internalServer: APIServer, health: Health, database: Database,
        lookup: TokenLookup, relays: [OutboxRelay], logger: Logger
    ) {
        self.publicServer = publicServer
        self.internalServer = internalServer
        self.health = health
        self.database = database
        self.lookup = lookup
        background =
            relays.map { relay in Task { await relay.run() } }
            + [Task { await Self.keepFlushing(lookup, logger) }]
    }

    private static func keepFlushing(_ lookup: TokenLookup, _ logger: Logger) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            do {
                try await lookup.flush()
            } catch {
                logger.warning("can't write when tokens were used", ["error": "\(error)"])
            }
        }
    }

    public func stop() async {
        health.drain()
        for task in background { task.cancel() }
        await publicServer.drain()
        await internalServer.drain(milliseconds: 500)
        for task in background { await task.value }
        try? await lookup.flush()
        database.close()
    }
}

/// Composes and starts the gateway.
public func makeGateway(
    _ settings: GatewaySettings, _ runtime: Runtime
) async throws -> GatewayService {
    let database = try Database.open(
        "gateway", migrations: gatewayMigrations, settings.common, runtime)
    let ids = IDMinter(clock: runtime.clock, random: runtime.random)
    if let token = settings.adminToken {
        let isNew = try await FirstAdmin.create(
            email: settings.adminEmail, token: token, in: database, ids: ids)
        if isNew { runtime.logger.info("first admin created", ["email": settings.adminEmail]) }
    }
    let secret = settings.common.internalSecret
    let signer = IdentitySigner(issuer: "gateway", secret: secret, clock: runtime.clock)
    let upstreams = makeUpstreams(settings, runtime)
    let lookup = TokenLookup(database, clock: runtime.clock)
    let api = GatewayAPI(
        users: Users(
            database: database, ids: ids, tokens: lookup, listeners: upstreams.map(\.name)),
        tokens: Tokens(database: database, ids: ids, random: runtime.random, lookup: lookup),
        database: database)
    let pages = try Pages(upstreams, server: settings.publicURL)
    let proxy = Proxy(
        signer: signer, clock: runtime.clock, patience: settings.upstreamTimeout,
        logger: runtime.logger)
    let health = makeHealth(database, upstreams, runtime)
    let authenticator = { @Sendable () -> any Authenticator in
        BearerAuthenticator(
            lookup,
            internal: IdentityAuthenticator(
                audience: "gateway", secret: secret, clock: runtime.clock),
            services: upstreams.count)
    }
    var options = settings.common.server
    let publicServer = try await APIServer(
        [Health.alive] + pages.routes + api.routes + upstreams.flatMap { proxy.routes(of: $0) },
        options: options, runtime: runtime, authenticator: authenticator)
    options.port = settings.internalPort
    let internalServer = try await APIServer(
        health.routes + api.directory, options: options, runtime: runtime,
        authenticator: authenticator)
    health.observe(publicServer)
    health.observe(internalServer)
    return GatewayService(
        publicServer: publicServer, internalServer: internalServer, health: health,
        database: database, lookup: lookup,
        relays: upstreams.map { makeRelay($0, database, signer, runtime) }, logger: runtime.logger)
}

/// Tells a service what it must hear of.
private func makeRelay(
    _ upstream: Upstream, _ database: Database, _ signer: IdentitySigner, _ runtime: Runtime
) -> OutboxRelay {
    let client = ServiceClient(upstream.name, at: upstream.url, signer: signer, on: runtime.group)
    let logger = runtime.logger
    return OutboxRelay(
        to: upstream.name, from: database, report: { logger.warning($0) }
    ) { event in
        _ = try await client.call(
            InternalEvent.deliver, event, as: InternalEvent.Receipt.self, deadline: 2_000)
    }
}

/// The services that are configured. A route of one that is not is unknown.
private func makeUpstreams(_ settings: GatewaySettings, _ runtime: Runtime) -> [Upstream] {
    let resolver = Resolver()
    let services: [(String, ServiceURL?, [EndpointGroup])] = [
        ("entities", settings.entitiesURL, EntityRoutes.groups)
    ]
    return services.filter { $0.1 != nil }.enumerated().compactMap { index, service in
        service.1.map {
            Upstream(
                service.0, $0, service.2, index: index, resolver: resolver, on: runtime.group)
        }
    }
}

private func makeHealth(
    _ database: Database, _ upstreams: [Upstream], _ runtime: Runtime
) -> Health {
    let services = upstreams.map { upstream in
        let client = HTTPClient(
            UpstreamOptions(host: upstream.url.host, port: upstream.url.port), on: runtime.group)
        return Health.Check(upstream.name) {
            do {
                let answer = try await client.send(ClientRequest(.get, "/readyz"), deadline: 1_000)
                return answer.status == 200 ? nil : "status \(answer.status)"
            } catch {
                return "\(error)"
            }
        }
    }
    return Health([.database(database)] + services, logger: runtime.logger) { text in
        text.database(database.statistics)
        text.outbox(of: upstreams.map(\.name), in: database, now: runtime.clock.now())
        text.family("latchkey_upstream_breaker", "gauge", "0 closed, 1 probing, 2 open.")
        var connections: [(String, Int)] = []
        for upstream in upstreams {
            let state = await upstream.state(of: runtime.group)
            text.sample(
                "latchkey_upstream_breaker", ["upstream": upstream.name], Double(state.breaker))
            connections.append((upstream.name, state.connections))
        }
        text.family("latchkey_upstream_connections", "gauge", "Open connections to services.")
        for (name, count) in connections {
            text.sample("latchkey_upstream_connections", ["upstream": name], Double(count))
        }
    }
}
