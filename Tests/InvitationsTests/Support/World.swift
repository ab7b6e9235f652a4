import Contract
import GatewayClient
import Kernel
import Presentation
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import Mail
@testable import PublicEvents
@testable import Workspaces

/// The use cases over a real database in a folder of its own, with users and entities that a test
/// rules. Every statement that would read a whole table fails. Mails are written and handed over
/// to nobody. The folder goes with the object.
final class World: TestWorld {
    static let publicURL = "https://app.example.com"

    let clock = FakeClock()
    let directory = FakeDirectory()
    let entities: FakeEntities
    let database: Database
    let outbox: MailOutbox
    let useCases: InvitationsUseCases
    let workspaces: WorkspacesUseCases
    let webhooks: WebhooksUseCases
    let context: InvitationsContext
    let folder: TemporaryFolder
    /// Of what answers to other services depend on.
    let changes = RecordedChanges()

    /// - Parameter jobRows: how many rows a transaction of a job touches.
    init(
        seed: UInt64 = 1, explains: Bool = false, jobRows: Int = jobSliceRows
    ) throws {
        folder = try TemporaryFolder()
        entities = FakeEntities(clock)
        var options = DatabaseOptions.forUseCases()
        options.forbidTableScans = !explains
        options.watch = TableWatch(LeasedFacts.tables, changes)
        database = try Database(
            path: folder.path + "/invitations.sqlite", migrations: invitationsMigrations,
            readers: 0, clock: clock, options: options)
        let random = SeededRandom(seed: seed)
        let ids = IDMinter(clock: clock, random: random)
        let secrets = SecretList([UInt8](repeating: 7, count: 32))
        outbox = MailOutbox(
            keys: SealingKeys(secrets, purpose: "latchkey mail"), ids: ids, random: random)
        let links = InvitationSecrets(secrets)
        let sender = try #require(Mailbox("latchkey@example.com"))
        let letters = InvitationOutbox(outbox, from: sender, publicURL: Self.publicURL, Brand())
        let inviterQuota = InviterQuota([InvitationsUseCases.open, WorkspacesUseCases.open])
        workspaces = WorkspacesUseCases(
            database: database, ids: ids, clock: clock, directory: directory, secrets: links,
            outbox: letters, inviterQuota: inviterQuota, wrote: {}, jobRows: jobRows)
        useCases = InvitationsUseCases(
            database: database, ids: ids, random: random, clock: clock, directory: directory,
            entities: entities, stores: entities, secrets: links, outbox: letters,
            inviterQuota: inviterQuota, wrote: {}, jobRows: jobRows)
        webhooks = WebhooksUseCases(
            database: database, ids: ids, random: random, clock: clock, directory: directory,
            organizations: entities, targets: FakeTargets(), secrets: secrets, outbox: outbox,
            sender: sender, look: MailLook(Brand(), publicURL: Self.publicURL),
            language: .english, wrote: {},
            rightsLifetime: 0)
        context = InvitationsContext(
            invitations: useCases, workspaces: workspaces, webhooks: webhooks, clock: clock,
            jobRows: jobRows)
    }

    deinit { database.close() }

    func advanceJob(in tx: Transaction) throws -> Bool { try context.jobs.advance(in: tx) }

    /// The id of a new entity.
    func entity(_ name: String = "CRM", by owner: Caller) -> String {
        entities.add(name, owner: owner.userId, at: clock.now())
    }

    func days(_ days: Int64) { clock.advance(seconds: days * 86_400) }

    // MARK: Doing

    @discardableResult
    func invite(
        _ email: String, to entityId: String, by owner: Caller, role: String? = nil,
        days: Int? = nil, mails: Bool = true, message: String? = nil
    ) async throws -> Invitation {
        later()
        return try await useCases.createInvitation(
            to: entityId,
            try InvitationDraft(
                email: email, role: role, days: days, sendsMail: mails, message: message),
            by: owner
        ).commit()
    }

    /// With the link that the inviter knows.
    @discardableResult
    func accept(_ invitation: Invitation, by caller: Caller) async throws -> Invitation {
        try await useCases.acceptInvitation(.token(token(invitation)), by: caller).commit()
    }

    /// As a user who has proved access to the invited mailbox.
    @discardableResult
    func take(_ link: InvitationLink, by caller: Caller) async throws -> Invitation {
        try await useCases.accept(link, as: invitee(caller), by: caller).commit()
    }

    @discardableResult
    func decline(_ link: InvitationLink, by caller: Caller) async throws -> Invitation {
        try await useCases.decline(link, as: invitee(caller), by: caller).commit()
    }

    func invitee(_ caller: Caller) -> Invitee {
        Invitee(
            userId: caller.userId,
            email: directory.profiles(ids: [caller.userId], disclosedTo: nil)[caller.userId]?.email
                ?? ""
        )
    }

    @discardableResult
    func revoke(_ invitation: Invitation, by owner: Caller) async throws -> Invitation {
        later()
        return try await useCases.revokeInvitation(
            invitation.id, to: invitation.entityId, by: owner
        ).commit()
    }

    @discardableResult
    func resend(_ invitation: Invitation, by owner: Caller) async throws -> Invitation {
        later()
        return try await useCases.resendInvitation(
            invitation.id, to: invitation.entityId, by: owner
        ).commit()
    }

    /// An invitation that its invitee has accepted.
    @discardableResult
    func collaborator(
        _ user: Caller, on entityId: String, by owner: Caller, role: String? = nil
    ) async throws -> Invitation {
        let invitation = try await invite(
            invitee(user).email, to: entityId, by: owner, role: role)
        return try await accept(invitation, by: user)
    }
}
