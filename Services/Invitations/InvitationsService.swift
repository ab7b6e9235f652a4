import Collaboration
import Contract
import EventLoop
import GatewayClient
import Inviting
import Kernel
import Mail
import Presentation
import PublicEvents
import SQLite
import ServiceKit
import Webhooks
import Workspaces

/// The other contexts; tests use fakes.
package struct InvitationsRemote: Sendable {
    package var directory: any Directory
    package var entities: any Entities
    package var stores: any Stores
    package var organizations: any Organizations
    /// For the metrics.
    var states: @Sendable () async -> [UpstreamState] = { [] }

    package init(
        directory: any Directory, entities: any Entities, stores: any Stores,
        organizations: any Organizations
    ) {
        self.directory = directory
        self.entities = entities
        self.stores = stores
        self.organizations = organizations
    }
}

/// What the service stores sealed.
public let invitationsSealed = SealedInventory(
    in: "invitations",
    [
        sealedMails, sealedWebhookSecrets, invitationLinkKeys, workspaceLinkKeys,
    ])

/// Composes and starts the service.
/// - Parameters:
///   - remote: the other contexts; nil for those in the settings.
///   - mails: receives e-mails; nil for the target in the settings.
///   - webhooks: sends webhook messages; nil to send over the network.
package func makeInvitations(
    _ settings: InvitationsSettings, _ runtime: Runtime, remote: InvitationsRemote? = nil,
    mails target: (any MailTarget)? = nil, webhooks: (any WebhookSending)? = nil
) async throws -> InvitationsService {
    guard let sender = settings.mailSender else {
        throw StartFailure("LATCHKEY_EMAIL_FROM must be an e-mail address")
    }
    let leases = GrantedLeases()
    let database = try Database.open(
        "invitations", migrations: invitationsMigrations,
        watch: TableWatch(LeasedFacts.tables, leases), settings.common, runtime)
    let signer = IdentitySigner(
        issuer: "invitations", keys: settings.common.keys, clock: runtime.clock)
    let remote = try remote ?? makeRemote(settings, signer, runtime)
    let mailWorker = try await MailWorker(
        settings.mail, from: database, secrets: settings.encryptionSecrets, runtime, target: target,
        settled: {
            try InvitationsUseCases.settle($0, in: $1)
            try WorkspacesUseCases.settle($0, in: $1)
        })
    let network = WebhookNetwork(
        AddressPolicy(allowsPrivate: settings.allowsPrivateWebhooks),
        ports: settings.webhookPorts)
    let wakeSignal = WakeSignal()
    let context = InvitationsContext(
        settings, runtime, database, remote, mailWorker.outbox, sender, network, leases
    ) {
        mailWorker.wake()
        wakeSignal.ring()
    }
    let webhookSender = WebhookSender(network, on: runtime.group, clock: runtime.clock)
    report(webhookSender.secureTransport, to: runtime.logger)
    let dispatcher = WebhookDispatcher(
        context.webhooks, through: webhooks ?? webhookSender,
        DeliverySchedule(seconds: settings.webhookRetries), hostRate: settings.webhookHostRate,
        ringing: wakeSignal, runtime)
    let service = try await ContextService(
        "invitations",
        InvitationsAPI(context: context, faults: runtime.faults).routes,
        names: ThingNames([
            .workspace: .here(context.workspaces.byExternalId),
            .entity: .there { try await remote.entities.ids(ofEntities: $0) },
            .organization: .there {
                try await remote.organizations.ids(ofOrganizations: $0)
            },
        ]),
        over: database, leases: leases,
        jobs: JobRunner(context.jobs, of: database, runtime, committed: context.wrote),
        mail: mailWorker,
        resealer: Resealer(
            [mailWorker.outbox.sealedValues] + context.sealedValues, settings.encryptionSecrets,
            in: database, runtime),
        export: ExportedData.all, keeping: settings.retention.rules,
        neighbours: remote.states,
        metrics: {
            dispatcher.writeMetrics(&$0)
            InvitationsSweep.writeMetrics(context, &$0)
        }, settings.common, runtime)
    await dispatcher.start()
    return InvitationsService(
        service, dispatcher, InvitationsSweep(context, runtime.logger))
}

private func report(_ transport: WebhookSender.SecureTransport, to logger: Logger) {
    switch transport {
    case .openSSL: return
    case .curl(let reason):
        logger.warning(
            "OpenSSL 3 can't be loaded: each delivery to an https webhook starts a curl process",
            ["error": reason])
    case .none(let reason):
        logger.warning(
            "neither OpenSSL 3 nor curl found: events can't be sent to https webhooks",
            ["error": reason])
    }
}

extension InvitationsContext {
    /// Of webhooks, and what is stored of links.
    fileprivate var sealedValues: [SealedValues] {
        let (collaboration, shared) = (invitations.secrets, workspaces.secrets)
        return [
            webhooks.sealedValues,
            SealedValues(invitationLinkKeys) {
                collaboration.renewed($0.sealed, of: $0.text, generation: Int($0.number))
            },
            SealedValues(workspaceLinkKeys) {
                shared.renewed($0.sealed, of: $0.text, generation: 1)
            },
        ]
    }

    fileprivate init(
        _ settings: InvitationsSettings, _ runtime: Runtime, _ database: Database,
        _ remote: InvitationsRemote, _ outbox: MailOutbox, _ sender: Mailbox,
        _ network: WebhookNetwork,
        _ leases: GrantedLeases, wrote: @escaping @Sendable () -> Void
    ) {
        let ids = IDMinter(clock: runtime.clock, random: runtime.random)
        let secrets = InvitationSecrets(settings.encryptionSecrets)
        let letters = InvitationOutbox(
            outbox, from: sender, publicURL: settings.publicURL, settings.brand,
            returns: settings.returnOrigins)
        let inviterQuota = InviterQuota([InvitationsUseCases.open, WorkspacesUseCases.open])
        self.init(
            invitations: InvitationsUseCases(
                database: database, ids: ids, random: runtime.random, clock: runtime.clock,
                directory: remote.directory, entities: remote.entities, stores: remote.stores,
                secrets: secrets, outbox: letters, inviterQuota: inviterQuota, wrote: wrote,
                quota: settings.quotas.collaborators, leaseMark: { leases.mark }),
            workspaces: WorkspacesUseCases(
                database: database, ids: ids, clock: runtime.clock, directory: remote.directory,
                secrets: secrets, outbox: letters, inviterQuota: inviterQuota, wrote: wrote,
                quota: settings.quotas.workspaces),
            webhooks: WebhooksUseCases(
                database: database, ids: ids, random: runtime.random, clock: runtime.clock,
                directory: remote.directory, organizations: remote.organizations, targets: network,
                secrets: settings.encryptionSecrets, outbox: outbox, sender: sender,
                look: MailLook(settings.brand, publicURL: settings.publicURL),
                language: settings.brand.language, wrote: wrote),
            clock: runtime.clock)
    }
}

/// The running service and its background work.
public final class InvitationsService: RunningService {
    public var port: UInt16 { service.port }
    public var database: Database { service.database }
    private let service: ContextService
    private let dispatcher: WebhookDispatcher
    private let sweep: InvitationsSweep

    init(_ service: ContextService, _ dispatcher: WebhookDispatcher, _ sweep: InvitationsSweep) {
        self.service = service
        self.dispatcher = dispatcher
        self.sweep = sweep
    }

    public func stop() async {
        await sweep.stop()
        await dispatcher.stop()
        await service.stop()
    }
}

private func makeRemote(
    _ settings: InvitationsSettings, _ signer: IdentitySigner, _ runtime: Runtime
) throws -> InvitationsRemote {
    func client(_ name: String, _ variable: String, _ url: ServiceURL?) throws -> ServiceClient {
        guard let url else { throw StartFailure("\(variable) is not set") }
        return ServiceClient(
            name, at: url, signer: signer, in: runtime)
    }
    let gateway = try client("gateway", "LATCHKEY_GATEWAY_URL", settings.gatewayURL)
    let entities = try client("entities", "LATCHKEY_ENTITIES_URL", settings.entitiesURL)
    let organizations = try client(
        "organizations", "LATCHKEY_ORGANIZATIONS_URL", settings.organizationsURL)
    var remote = InvitationsRemote(
        directory: DirectoryClient(client: gateway), entities: EntitiesClient(client: entities),
        stores: StoresClient(client: organizations),
        organizations: OrganizationsClient(client: organizations))
    remote.states = {
        [await gateway.state(), await entities.state(), await organizations.state()]
    }
    return remote
}
