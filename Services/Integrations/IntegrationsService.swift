import Contract
import GatewayClient
import Kernel
import SQLite
import ServiceKit
import WriteKit

/// Composes and starts the service.
/// - Parameter directory: the users' directory; nil for that of the configured gateway.
public func makeIntegrations(
    _ settings: IntegrationsSettings, _ runtime: Runtime, directory: (any Directory)? = nil
) async throws -> ContextService {
    let database = try Database.open(
        "integrations", migrations: integrationsMigrations, settings.common, runtime)
    let signer = IdentitySigner(
        issuer: "integrations", keys: settings.common.keys, clock: runtime.clock)
    var neighbours: @Sendable () async -> [UpstreamState] = { [] }
    let users: any Directory
    if let directory {
        users = directory
    } else {
        guard let gateway = settings.gatewayURL else {
            throw StartFailure("LATCHKEY_GATEWAY_URL is not set")
        }
        let client = ServiceClient(
            "gateway", at: gateway, signer: signer, in: runtime)
        neighbours = { [await client.state()] }
        users = DirectoryClient(client: client)
    }
    let relays = EventRelays(
        to: settings.gatewayURL.map { [("gateway", $0)] } ?? [],
        publishingAt: settings.invitationsURL, from: database, signer: signer, runtime)
    let useCases = IntegrationsUseCases(
        database: database, ids: IDMinter(clock: runtime.clock, random: runtime.random),
        directory: users, listeners: relays.targets, quotas: settings.quotas)
    return try await ContextService(
        "integrations",
        IntegrationsAPI(
            useCases: useCases, base: settings.common.publicURL?.path ?? "", faults: runtime.faults
        ).routes,
        names: ThingNames([
            .integration: .here(ThingsByExternalID(IntegrationStore.externalIds, in: database)),
            .team: .here(ThingsByExternalID(TeamStore.externalIds, in: database)),
        ]),
        over: database, relays,
        jobs: JobRunner(useCases.jobs, of: database, runtime), export: ExportedData.all,
        neighbours: neighbours, settings.common, runtime)
}
