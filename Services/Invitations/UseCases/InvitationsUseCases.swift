import Contract
import GatewayClient
import Journal
import Kernel
import Mail
import Outbox
import SQLite

/// What can be done with invitations and collaborators: one verb a file, each an extension of this.
///
/// All have one shape: what other contexts know is asked first (who owns the entity, who the users
/// are); then one transaction loads, asks the rule, saves, records what it did to whose access, and
/// writes the mail and the event that tell of it. Whatever guards a change and is ours is decided
/// in that transaction.
struct InvitationsUseCases: Sendable {
    let database: Database
    let ids: IDMinter
    let random: any RandomSource
    let clock: any Clock
    let directory: any Directory
    let entities: any Entities
    let stores: any Stores
    let secrets: InvitationSecrets
    let mails: InvitationMails
    /// Where webhooks may lead.
    let targets: any WebhookTargets
    let vault: WebhookVault
    /// The part of this context that a deleted user leaves as well.
    let workspaces: WorkspacesUseCases
    /// Called when a mail or an event was written.
    let wrote: @Sendable () -> Void
    var quotas = InvitationQuotas()

    var audit: AuditLog { AuditLog(ids: ids) }

    /// The entity, if the caller may do `action` with its invitations or collaborators.
    func admit(
        _ caller: Caller, to action: InvitationAction, on entityId: String
    ) async throws -> EntityStanding {
        guard IDMinter.isWellFormed(entityId, prefix: "ent_") else { throw Fault.notFound }
        let entity = try await entity(entityId, for: caller.userId)
        var standing = try database.read {
            try Self.standing(of: caller, to: entityId, entity, entity?.ownerId, in: $0)
        }
        if !standing.isOwner, !standing.isCollaborator, !standing.isVisible {
            // Asked for what does not exist as well: an outage must not tell it apart.
            let isOpen = try await Self.neverGuessing {
                try await stores.isOpen(entityId, to: caller.userId)
            }
            standing.isVisible = isOpen && entity != nil
        }
        guard let entity else { throw Fault.notFound }
        try InvitationPolicy.authorize(action, standing)
        return entity
    }

    /// The entity as it is now, as far as a user is concerned; nil if there is none.
    func entity(_ entityId: String, for userId: String) async throws -> EntityStanding? {
        try await Self.neverGuessing {
            try await entities.standing(of: userId, to: entityId)
        }
    }

    static func neverGuessing<T>(_ ask: () async throws -> T) async throws -> T {
        do {
            return try await ask()
        } catch {
            throw Fault(
                .unavailable, code: "entities_unavailable",
                "How you stand to this entity can't be found out at the moment.", retryAfter: 1,
                privateDetail: "\(error)")
        }
    }

    /// A change about an entity that was looked at before.
    /// - Parameter body: gets the owner as he is known by now, who hears of it.
    func change<T: Sendable>(
        _ action: InvitationAction, about entity: EntityStanding, by caller: Caller,
        _ body: @escaping @Sendable (Transaction, String) throws -> T
    ) -> Change<T> {
        Change(in: database, committed: wrote) { [self] tx in
            try Gone.check(caller, in: tx)
            if try Gone.entity.contains(entity.id, in: tx) { throw Fault.notFound }
            let owner = try owner(of: entity, in: tx)
            if owner != entity.ownerId {
                try InvitationPolicy.authorize(
                    action, try Self.standing(of: caller, to: entity.id, entity, owner, in: tx))
            }
            return try body(tx, owner)
        }
    }

    /// The owner of an entity that was looked at before: a hand-over may have been heard of since.
    func owner(of entity: EntityStanding, in tx: Transaction) throws -> String {
        try KnownEntityStore.save(KnownEntity(entity), at: entity.updatedAt, in: tx)
        return try KnownEntityStore.find(entity.id, in: tx)?.ownerId ?? entity.ownerId
    }

    /// As far as it is known without the stores.
    private static func standing(
        of caller: Caller, to entityId: String, _ entity: EntityStanding?, _ owner: String?,
        in db: some Queryable
    ) throws -> Standing {
        Standing(
            isOwner: owner == caller.userId,
            isCollaborator: try CollaboratorStore.find(caller.userId, of: entityId, in: db) != nil,
            isVisible: entity?.isAccessible == true)
    }

    func persons(_ ids: some Sequence<String>) async throws -> [String: Person] {
        let ids = Set(ids)
        return ids.isEmpty ? [:] : try await directory.persons(ids: ids.sorted())
    }

    /// The user of an address, if there is one; no answer tells whether there is.
    func person(_ email: String) async throws -> Person? {
        try await directory.persons(emails: [email], toldTo: nil)[email]
    }
}

extension KnownEntity {
    init(_ entity: EntityStanding) {
        self.init(id: entity.id, name: entity.name, ownerId: entity.ownerId)
    }
}
