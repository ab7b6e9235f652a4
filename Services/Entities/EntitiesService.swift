import Contract
import EventLoop
import HTTPServer
import Kernel
import SQLite
import ServiceKit

/// The other contexts, as the entities context sees them. Tests put their own in.
public struct EntitiesRemote: Sendable {
    public var directory: any Directory
    public var organizations: any Organizations
    public var collaborators: any Collaborators
    /// Of the neighbours that are called, for the metrics.
    var states: @Sendable () async -> [UpstreamState] = { [] }

    public init(
        directory: any Directory, organizations: any Organizations = NoOrganizations(),
        collaborators: any Collaborators = NoCollaborators()
    ) {
        self.directory = directory
        self.organizations = organizations
        self.collaborators = collaborators
    }
}

/// The running entities service.
public final class EntitiesService: RunningService {
    public var port: UInt16 { server.port }
    private let server: APIServer
    private let health: Health
    private let database: Database
    private let purging: Task<Void, Never>

    init(
        server: APIServer, health: Health, database: Database, idempotency: IdempotencyKeys,
        logger: Logger
    ) {
        self.server = server
        self.health = health
        self.database = database
        purging = Task { await idempotency.keepPurging(logger) }
    }

    public func stop() async {
        health.drain()
        purging.cancel()
        await server.drain()
        await purging.value
        database.close()
    }
}

/// Composes and starts the service.
/// - Parameter remote: the other contexts; nil for those that the settings name.
public func makeEntities(
    _ settings: EntitiesSettings, _ runtime: Runtime, remote: EntitiesRemote? = nil
) async throws -> EntitiesService {
    let database = try Database.open(
        "entities", migrations: entitiesMigrations, settings.common, runtime)
    let remote = try remote ?? makeRemote(settings, runtime)
    let useCases = EntitiesUseCases(
        database: database, ids: IDMinter(clock: runtime.clock, random: runtime.random),
        directory: remote.directory, organizations: remote.organizations,
        collaborators: remote.collaborators)
    let idempotency = IdempotencyKeys(database, clock: runtime.clock)
    let health = makeHealth(database, remote, idempotency, runtime)
    let secret = settings.common.internalSecret
    let server = try await APIServer(
        EntitiesAPI(useCases: useCases).routes + health.routes, options: settings.common.server,
        runtime: runtime, idempotency: idempotency
    ) {
        IdentityAuthenticator(audience: "entities", secret: secret, clock: runtime.clock)
    }
    health.observe(server)
    return EntitiesService(
        server: server, health: health, database: database, idempotency: idempotency,
        logger: runtime.logger)
}

private func makeRemote(
    _ settings: EntitiesSettings, _ runtime: Runtime
) throws -> EntitiesRemote {
    guard let gateway = settings.gatewayURL else {
        throw StartFailure("LATCHKEY_GATEWAY_URL is not set")
    }
    let signer = IdentitySigner(
        issuer: "entities", secret: settings.common.internalSecret, clock: runtime.clock)
    let client = ServiceClient(
        "gateway", at: gateway, signer: signer, on: runtime.group, tracer: runtime.tracer)
    var remote = EntitiesRemote(directory: DirectoryClient(client: client))
    remote.states = { [await client.state()] }
    return remote
}

private func makeHealth(
    _ database: Database, _ remote: EntitiesRemote, _ idempotency: IdempotencyKeys,
    _ runtime: Runtime
) -> Health {
    Health([.database(database)], logger: runtime.logger) {
        $0.database(database.statistics)
        idempotency.writeMetrics(&$0)
        $0.upstreams(await remote.states())
    }
}
