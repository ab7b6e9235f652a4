import Contract
import EntitiesContract
import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer
import IntegrationsContract
import InvitationsContract
import Kernel
import Mail
import OrganizationsContract
import Presentation
import SQLite
import ServiceKit
import WriteKit

/// The running gateway: the public port and the internal one.
public final class GatewayService: RunningService {
    public var port: UInt16 { publicServer.port }
    public var internalPort: UInt16 { internalServer.port }
    private let publicServer: APIServer
    private let internalServer: APIServer
    private let health: Health
    private let drainDelay: Int
    let database: Database
    private let lookup: TokenLookup
    private let leases: GrantedLeases
    private let relays: EventRelays
    private let mailWorker: MailWorker
    private let resealer: Resealer
    private let retention: Retention
    private let providers: IdentityProviders
    let notifications: Notifications
    private let background: [Task<Void, Never>]

    init(
        publicServer: APIServer, internalServer: APIServer, health: Health, database: Database,
        lookup: TokenLookup, leases: GrantedLeases, relays: EventRelays, mailWorker: MailWorker,
        resealer: Resealer, codeWorker: SignInCodeWorker, idempotency: IdempotencyKeys,
        retention: Retention, notifications: Notifications, providers: IdentityProviders,
        drainDelay: Int, logger: Logger
    ) {
        self.providers = providers
        self.notifications = notifications
        self.publicServer = publicServer
        self.internalServer = internalServer
        self.health = health
        self.drainDelay = drainDelay
        self.database = database
        self.lookup = lookup
        self.leases = leases
        self.relays = relays
        self.mailWorker = mailWorker
        self.resealer = resealer
        self.retention = retention
        background = [
            Task { await codeWorker.run(logger) },
            Task { await notifications.worker.run(logger) },
            Task { await Self.keepFlushing(lookup, logger) },
            Task {
                await Self.keepRedating(Redating(database: database, clock: lookup.clock), logger)
            },
            Task { await idempotency.keepPurging(logger) },
        ]
        retention.start()
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

    private static func keepRedating(_ redating: Redating, _ logger: Logger) async {
        while !Task.isCancelled {
            do {
                let count = try await redating()
                if count > 0 {
                    logger.warning(
                        "the clock ran ahead: corrected or deleted rows dated in the future",
                        ["rows": "\(count)"])
                }
            } catch {
                logger.warning("can't correct rows dated in the future", ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    public func stop() async {
        health.drain()
        await publicServer.drain(after: drainDelay)
        leases.stop()
        // A revocation that an edge gateway has passed on may wait for others, for a second.
        await internalServer.drain(milliseconds: 2_500)
        for task in background { task.cancel() }
        await providers.stop()
        await relays.stop()
        await retention.stop()
        for task in background { await task.value }
        await mailWorker.stop()
        await resealer.stop()
        try? await lookup.flush()
        database.close()
    }
}

/// What the gateway stores sealed.
public let gatewaySealed = SealedInventory(
    in: "gateway", [sealedMails], uses: { try SecretUseStore.uses($0, in: $1) })

/// Composes and starts the gateway.
public func makeGateway(
    _ settings: GatewaySettings, _ runtime: Runtime
) async throws -> GatewayService {
    try await makeGateway(settings, runtime, gate: PublicGate(settings.gate))
}

/// - Parameters:
///   - links: for tests; nil for the invitations service, if it is configured.
///   - providerTime: by which the keys of identity providers age.
func makeGateway(
    _ settings: GatewaySettings, _ runtime: Runtime, gate: PublicGate,
    links: (any InvitationLinks)? = nil, providerTime: IssuerKeys.Time = IssuerKeys.Time()
) async throws -> GatewayService {
    let leases = GrantedLeases()
    let database = try Database.open(
        "gateway", migrations: gatewayMigrations, watch: TableWatch(LeasedFacts.tables, leases),
        settings.common, runtime)
    let ids = IDMinter(clock: runtime.clock, random: runtime.random)
    try await SecretUseStore.note(settings.encryptionSecrets.ids, in: database)
    try await createFirstAdmin(settings, database, ids, runtime)
    let keys = settings.common.keys
    let signer = IdentitySigner(issuer: "gateway", keys: keys, clock: runtime.clock)
    let upstreams = makeUpstreams(settings, runtime)
    let lookup = TokenLookup(database, clock: runtime.clock)
    let mailWorker = try await MailWorker(
        settings.mail, from: database, secrets: settings.encryptionSecrets, runtime,
        settled: { try ShareNotices.settle($0, in: $1) })
    let resealer = Resealer(
        [mailWorker.outbox.sealedValues], settings.encryptionSecrets, in: database, runtime)
    let codeWorker = try SignInCodeWorker(settings, database, ids, mailWorker, runtime)
    let api = makeAPI(
        settings, database, ids, lookup, leases, upstreams, signer, runtime,
        codeRequested: codeWorker.wakeSignal.ring)
    let referencePages = ReferencePages(upstreams, settings)
    let proxy = Proxy(
        signer: signer, clock: runtime.clock, patience: settings.upstreamTimeout,
        logger: runtime.logger, tracer: runtime.tracer)
    let newcomers = Newcomers(database: database, ids: ids)
    let providers = try IdentityProviders(settings, runtime, providerTime, newcomers)
    let pages = makePages(
        links ?? makeLinks(settings, signer, runtime), settings, api, providers.oidc, database,
        runtime)
    let scim = makeSCIM(settings, api.users, upstreams, signer, runtime)
    let oauth = OAuthHandlers(api.tokens, providers.jwts?.verifier, settings.common.publicURL)
    let relays = makeRelays(settings, database, upstreams, signer, runtime)
    let kept = settings.common.retention
    let idempotency = IdempotencyKeys(database, clock: runtime.clock, days: kept.responses)
    let retention = Retention(
        [.audit(days: kept.audit), .inbox(days: kept.tombstones)], of: database, runtime)
    let notifications = try Notifications(
        settings, api.users, upstreams, signer, mailWorker, runtime)
    let health = makeHealth(
        database, leases, upstreams, relays, mailWorker, resealer, idempotency, retention, gate,
        keys, providers.jwts?.verifier, scim.bulk, notifications, settings.backupMetrics, runtime)
    let maintenance = Maintenance(database, relays: relays, mail: mailWorker)
    let edges = EdgeHandlers(
        lookup: lookup, unknownUsers: api.unknownUsers, newcomers: newcomers, leases: leases)
    let servers = try await GatewayServers(
        settings: settings, runtime: runtime, gate: gate,
        names: UserNames(unknownUsers: api.unknownUsers), idempotency: idempotency,
        authenticator: BearerAuthenticator.maker(
            lookup, keys, services: upstreams.count, providers.jwts, clock: runtime.clock)
    ).start(
        own: referencePages.routes + BrandFiles(settings.brand).routes + api.routes + pages
            + makeRoutesOverAll(
                settings, database, ids, upstreams, proxy, signer, maintenance, runtime)
            + oauth.routes + scim.routes + notifications.pages.routes
            + ConsoleFiles(folder: settings.consoleFolder).routes,
        forwarded: upstreams.flatMap { proxy.routes(of: $0) },
        inner: health.routes + api.directory + api.operatorQueries + edges.routes
            + [.events(notifications.notices, runtime.faults)] + maintenance.routes)
    for server in [servers.open, servers.inner] { health.observe(server) }
    return GatewayService(
        publicServer: servers.open, internalServer: servers.inner, health: health,
        database: database, lookup: lookup, leases: leases, relays: relays, mailWorker: mailWorker,
        resealer: resealer, codeWorker: codeWorker, idempotency: idempotency, retention: retention,
        notifications: notifications, providers: providers, drainDelay: settings.drainDelay,
        logger: runtime.logger)
}

/// The use cases behind the gateway's own routes.
/// - Parameter codeRequested: called when a sign-in code was requested.
func makeAPI(
    _ settings: GatewaySettings, _ database: Database, _ ids: IDMinter, _ lookup: TokenLookup,
    _ leases: GrantedLeases, _ upstreams: [Upstream], _ signer: IdentitySigner,
    _ runtime: Runtime, codeRequested: @escaping @Sendable () -> Void
) -> GatewayAPI {
    GatewayAPI(
        users: Users(
            database: database, ids: ids, tokens: lookup, listeners: upstreams.map(\.name)),
        tokens: Tokens(database: database, ids: ids, random: runtime.random, lookup: lookup),
        signIn: SignIn(
            database: database, ids: ids, random: runtime.random, lookup: lookup,
            rule: SignInRule(settings.encryptionSecrets),
            isSignUpOpen: settings.isSignUpOpen, limit: settings.signInLimit,
            requested: codeRequested),
        sessions: Sessions(database: database, ids: ids, lookup: lookup),
        exchangeCodes: ExchangeCodes(database: database, ids: ids, random: runtime.random),
        operations: makeOperations(database, upstreams, signer, runtime),
        unknownUsers: UnknownUsers(
            database: database, limit: settings.unknownUserLimit, clock: runtime.clock),
        database: database, leaseMark: { leases.mark })
}

private func createFirstAdmin(
    _ settings: GatewaySettings, _ database: Database, _ ids: IDMinter, _ runtime: Runtime
) async throws {
    guard let token = settings.adminToken else { return }
    let isNew = try await FirstAdmin.create(
        email: settings.adminEmail, token: token, in: database, ids: ids)
    if isNew { runtime.logger.info("first admin created", ["email": settings.adminEmail]) }
}

private func makeSCIM(
    _ settings: GatewaySettings, _ users: Users, _ upstreams: [Upstream],
    _ signer: IdentitySigner, _ runtime: Runtime
) -> SCIMHandlers {
    let root = (settings.common.publicURL?.text ?? "") + "/scim/v2"
    let teams = upstreams.first { $0.name == "integrations" }.map {
        ServiceClient($0.name, at: $0.url, signer: signer, in: runtime)
    }
    return SCIMHandlers(
        users: ProvisionUsers(users: users, root: root),
        groups: teams.map { ProvisionGroups(teams: $0, database: users.database, root: root) },
        bulk: BulkMetrics())
}

private func makeRelays(
    _ settings: GatewaySettings, _ database: Database, _ upstreams: [Upstream],
    _ signer: IdentitySigner, _ runtime: Runtime
) -> EventRelays {
    EventRelays(
        to: upstreams.map { ($0.name, $0.url) }, publishingAt: settings.invitationsURL,
        from: database, signer: signer, runtime)
}

private func makeOperations(
    _ database: Database, _ upstreams: [Upstream], _ signer: IdentitySigner, _ runtime: Runtime
) -> Operations {
    let services = upstreams.map { upstream -> Operations.Service in
        let client = ServiceClient(
            upstream.name, at: upstream.url, signer: signer, in: runtime)
        return { @Sendable query in
            try await client.call(OffboardingRoutes.state, query, as: OffboardingReply.self)
        }
    }
    return Operations(database: database, services: services)
}

private func makePages(
    _ links: (any InvitationLinks)?, _ settings: GatewaySettings, _ api: GatewayAPI,
    _ oidc: OIDCSignIn?, _ database: Database, _ runtime: Runtime
) -> [Route] {
    // The provider leads back to the pages.
    let provider = links == nil ? nil : oidc?.provider.settings.name
    let branding = Branding(settings, provider: provider).routes
    guard let links else { return branding }
    let site = WebSite(settings)
    let console = oidc.map {
        ConsoleSignIn(oidc: $0, signIn: api.signIn, clock: runtime.clock, site: site)
    }
    let pages = InvitationPages(
        links: links, signIn: api.signIn, exchangeCodes: api.exchangeCodes, database: database,
        clock: runtime.clock, site: site, oidc: oidc, console: console)
    return branding + pages.routes + (console?.routes ?? [])
}

private func makeLinks(
    _ settings: GatewaySettings, _ signer: IdentitySigner, _ runtime: Runtime
) -> (any InvitationLinks)? {
    settings.invitationsURL.map { url in
        InvitationLinksClient(
            client: ServiceClient(
                "invitations", at: url, signer: signer, in: runtime))
    }
}

/// The configured services. Routes of other services don't exist.
func makeUpstreams(_ settings: GatewaySettings, _ runtime: Runtime) -> [Upstream] {
    let resolver = Resolver()
    let services: [(String, ServiceURL?, [EndpointGroup])] = [
        ("entities", settings.entitiesURL, EntityRoutes.groups),
        ("organizations", settings.organizationsURL, OrganizationRoutes.groups),
        ("integrations", settings.integrationsURL, IntegrationRoutes.groups),
        ("invitations", settings.invitationsURL, InvitationRoutes.groups),
    ]
    return services.filter { $0.1 != nil }.enumerated().compactMap { index, service in
        service.1.map {
            Upstream(
                service.0, $0, service.2, index: index, resolver: resolver,
                patience: runtime.restartPatience, on: runtime.group)
        }
    }
}

private func makeHealth(
    _ database: Database, _ leases: GrantedLeases, _ upstreams: [Upstream], _ relays: EventRelays,
    _ mailWorker: MailWorker, _ resealer: Resealer, _ idempotency: IdempotencyKeys,
    _ retention: Retention, _ gate: PublicGate, _ keys: ServiceKeys, _ jwts: JWTVerifier?,
    _ bulk: BulkMetrics, _ notifications: Notifications, _ backupMetrics: String?,
    _ runtime: Runtime
) -> Health {
    let services = upstreams.map { upstream in
        let check = upstream.check(on: runtime.group)
        return Health.Check(upstream.name) { await check() }
    }
    return Health(
        [.database(database)] + services, logger: runtime.logger, in: runtime.term
    ) { text in
        text.database(database.statistics)
        leases.writeMetrics(&text)
        idempotency.writeMetrics(&text)
        keys.writeMetrics(of: "gateway", &text)
        relays.writeMetrics(&text)
        mailWorker.writeMetrics(&text)
        resealer.writeMetrics(&text)
        retention.writeMetrics(&text)
        bulk.writeMetrics(&text)
        notifications.worker.writeMetrics(&text)
        gate.write(into: &text)
        jwts?.writeMetrics(&text)
        if let backupMetrics { text.backups(in: backupMetrics) }
        var states: [UpstreamState] = []
        for upstream in upstreams { states.append(await upstream.state()) }
        text.upstreams(states)
    }
}
