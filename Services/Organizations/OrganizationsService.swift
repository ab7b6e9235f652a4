import Contract
import EventLoop
import GatewayClient
import Kernel
import SQLite
import ServiceKit
import WriteKit

/// The services that this context calls. Tests replace them.
public struct OrganizationsRemote: Sendable {
    public var directory: any Directory
    public var entities: any Entities
    public var storage: any Buckets
    /// The states of their connections, for the metrics.
    var states: @Sendable () async -> [UpstreamState] = { [] }

    public init(
        directory: any Directory, entities: any Entities, storage: any Buckets
    ) {
        self.directory = directory
        self.entities = entities
        self.storage = storage
    }
}

/// What the service stores sealed.
public let organizationsSealed = SealedInventory(
    in: "organizations",
    [OrganizationStore.sealedKeys, StorageStore.sealedSecrets, StorageStore.sealedProbe])

/// Composes and starts the service.
/// - Parameter remote: nil for the services that the settings name.
public func makeOrganizations(
    _ settings: OrganizationsSettings, _ runtime: Runtime, remote: OrganizationsRemote? = nil
) async throws -> ContextService {
    let leases = GrantedLeases()
    let database = try Database.open(
        "organizations", migrations: organizationsMigrations,
        watch: TableWatch(LeasedFacts.tables, leases), settings.common, runtime)
    let vault = Vault(settings.encryptionSecrets, random: runtime.random)
    try await vault.check(against: database)
    let signer = IdentitySigner(
        issuer: "organizations", keys: settings.common.keys, clock: runtime.clock)
    let remote = try remote ?? makeRemote(settings, signer, runtime)
    let relays = EventRelays(
        to: settings.entitiesURL.map { [("entities", $0)] } ?? [],
        publishingAt: settings.invitationsURL, from: database, signer: signer, runtime)
    let useCases = OrganizationsUseCases(
        database: database, ids: IDMinter(clock: runtime.clock, random: runtime.random),
        random: runtime.random, vault: vault, directory: remote.directory,
        entities: remote.entities, storage: remote.storage, listeners: relays.targets,
        quotas: settings.quotas, leaseMark: { leases.mark })
    if !S3Storage.isPossible {
        runtime.logger.warning("curl not found: external storage can't be checked")
    }
    return try await ContextService(
        "organizations", OrganizationsAPI(useCases: useCases, faults: runtime.faults).routes,
        names: ThingNames([
            .organization: .here(ThingsByExternalID(OrganizationStore.externalIds, in: database)),
            .entity: .there { try await remote.entities.ids(ofEntities: $0) },
        ]),
        over: database, relays, leases: leases,
        jobs: JobRunner(useCases.jobs, of: database, runtime),
        resealer: Resealer(
            vault.sealedValues, settings.encryptionSecrets, in: database, runtime),
        export: ExportedData.all,
        neighbours: remote.states,
        settings.common, runtime)
}

private func makeRemote(
    _ settings: OrganizationsSettings, _ signer: IdentitySigner, _ runtime: Runtime
) throws -> OrganizationsRemote {
    guard let gateway = settings.gatewayURL else {
        throw StartFailure("LATCHKEY_GATEWAY_URL is not set")
    }
    guard let entities = settings.entitiesURL else {
        throw StartFailure("LATCHKEY_ENTITIES_URL is not set")
    }
    func client(_ name: String, _ url: ServiceURL) -> ServiceClient {
        ServiceClient(name, at: url, signer: signer, in: runtime)
    }
    let (directory, entitiesClient) = (client("gateway", gateway), client("entities", entities))
    var remote = OrganizationsRemote(
        directory: DirectoryClient(client: directory),
        entities: EntitiesClient(client: entitiesClient),
        storage: S3Storage(settings))
    remote.states = { [await directory.state(), await entitiesClient.state()] }
    return remote
}

extension Vault {
    /// Verifies that one of the keys sealed the secrets in the database. The first start seals a
    /// probe.
    fileprivate func check(against database: Database) async throws {
        let isRight = try await database.write { tx in
            guard let probe = try StorageStore.probe(in: tx) else {
                try StorageStore.insertProbe(seal("latchkey", in: .probe), in: tx)
                return true
            }
            return (try? open(probe, in: .probe)) != nil
        }
        guard isRight else {
            throw StartFailure(
                "LATCHKEY_ENCRYPTION_SECRET (or LATCHKEY_INTERNAL_SECRET if that is not set) must "
                    + "have the one that encrypted the secrets in the database")
        }
    }
}
