import Contract
import EventLoop
import GatewayClient
import Kernel
import SQLite
import ServiceKit
import WriteKit

/// The other contexts, as the entities context sees them. Tests pass their own.
public struct EntitiesRemote: Sendable {
    public var directory: any Directory
    public var organizations: any Organizations
    public var collaborators: any Collaborators
    /// The state of the connections to other services, for the metrics.
    var states: @Sendable () async -> [UpstreamState] = { [] }
    /// On answers of other contexts; nil in tests that pass their own.
    var leases: RemoteLeases?

    public init(
        directory: any Directory, organizations: any Organizations,
        collaborators: any Collaborators
    ) {
        self.directory = directory
        self.organizations = organizations
        self.collaborators = collaborators
    }
}

/// The service that mails users what was shared with them. It gets no other event.
private let notifier = "gateway"

/// Composes and starts the service.
/// - Parameter remote: the other contexts; by default those that the settings name.
public func makeEntities(
    _ settings: EntitiesSettings, _ runtime: Runtime, remote: EntitiesRemote? = nil
) async throws -> ContextService {
    let database = try Database.open(
        "entities", migrations: entitiesMigrations, settings.common, runtime)
    let signer = IdentitySigner(
        issuer: "entities", keys: settings.common.keys, clock: runtime.clock)
    let remote = try remote ?? makeRemote(settings, signer, runtime)
    let targets = [
        ("organizations", settings.organizationsURL), ("invitations", settings.invitationsURL),
        (notifier, settings.gatewayURL),
    ].compactMap { name, url in url.map { (name, $0) } }
    let relays = EventRelays(
        to: targets, publishingAt: settings.invitationsURL, from: database, signer: signer,
        runtime)
    let useCases = EntitiesUseCases(
        database: database, ids: IDMinter(clock: runtime.clock, random: runtime.random),
        directory: remote.directory, organizations: remote.organizations,
        collaborators: remote.collaborators, listeners: relays.targets.filter { $0 != notifier },
        notifiers: relays.targets.filter { $0 == notifier }, quotas: settings.quotas,
        faults: runtime.faults)
    return try await ContextService(
        "entities", EntitiesAPI(useCases: useCases, faults: runtime.faults).routes,
        names: ThingNames([
            .entity: .here(ThingsByExternalID(EntityStore.externalIds, in: database)),
            .organization: .there { try await remote.organizations.ids(ofOrganizations: $0) },
        ]),
        over: database, relays, jobs: JobRunner(useCases.jobs, of: database, runtime),
        export: ExportedData.all,
        held: remote.leases?.all ?? [], neighbours: remote.states, settings.common, runtime)
}

private func makeRemote(
    _ settings: EntitiesSettings, _ signer: IdentitySigner, _ runtime: Runtime
) throws -> EntitiesRemote {
    guard let gateway = settings.gatewayURL else {
        throw StartFailure("LATCHKEY_GATEWAY_URL is not set")
    }
    guard let organizations = settings.organizationsURL else {
        throw StartFailure("LATCHKEY_ORGANIZATIONS_URL is not set")
    }
    func client(_ name: String, _ url: ServiceURL) -> ServiceClient {
        ServiceClient(name, at: url, signer: signer, in: runtime)
    }
    guard let invitations = settings.invitationsURL else {
        throw StartFailure("LATCHKEY_INVITATIONS_URL is not set")
    }
    let clients = [
        client("gateway", gateway), client("organizations", organizations),
        client("invitations", invitations),
    ]
    // They pause by themselves, for less long than a breaker would, and have no spans: several a
    // second that belong to no request.
    func renewing(_ name: String, _ url: ServiceURL) -> ServiceClient {
        ServiceClient(name, at: url, signer: signer, on: runtime.group, hasBreaker: false)
    }
    let loop = runtime.group.loops[0]
    let leases = RemoteLeases(
        users: HeldLeases(of: "gateway", renewing("gateway", gateway), on: loop),
        stores: HeldLeases(
            of: "organizations", renewing("organizations", organizations), on: loop),
        collaborations: HeldLeases(
            of: "invitations", renewing("invitations", invitations), on: loop))
    var remote = EntitiesRemote(
        directory: DirectoryClient(client: clients[0], known: leases.users),
        organizations: OrganizationsClient(
            client: clients[1], lists: client("organizations", organizations),
            leases: leases.stores),
        collaborators: CollaboratorsClient(client: clients[2], leases: leases.collaborations))
    remote.leases = leases
    remote.states = {
        var states: [UpstreamState] = []
        for client in clients { states.append(await client.state()) }
        return states
    }
    return remote
}
