import Contract
import GatewayClient
import InvitationsContract
import Inviting
import Kernel
import PublicEvents
import SQLite
import WriteKit

/// The use cases of invitations to entities and collaborators: one verb a file, each an extension.
///
/// All have one shape: first they query other contexts (who owns the entity, who the users are);
/// then one transaction loads, applies the rule, saves, and writes the audit entry, the e-mail and
/// the event. Every rule about data of this context is decided in that transaction.
package struct InvitationsUseCases: UseCases {
    package let database: Database
    package let ids: IDMinter
    let random: any RandomSource
    let clock: any Clock
    let directory: any Directory
    let entities: any Entities
    let stores: any Stores
    package let secrets: InvitationSecrets
    let outbox: InvitationOutbox
    let inviterQuota: InviterQuota
    /// Called when an e-mail or event was stored.
    package let wrote: @Sendable () -> Void
    var quota: Quota
    /// Gets no events.
    var silenced: String?
    /// How many rows one transaction of a job touches.
    let jobRows: Int
    /// What leases on the answers of other services' queries count from, read before the facts.
    let leaseMark: @Sendable () -> LeaseMark?

    package init(
        database: Database, ids: IDMinter, random: any RandomSource, clock: any Clock,
        directory: any Directory, entities: any Entities, stores: any Stores,
        secrets: InvitationSecrets, outbox: InvitationOutbox, inviterQuota: InviterQuota,
        wrote: @escaping @Sendable () -> Void, quota: Quota = .collaborators,
        jobRows: Int = jobSliceRows,
        leaseMark: @escaping @Sendable () -> LeaseMark? = { nil }
    ) {
        self.database = database
        self.ids = ids
        self.random = random
        self.clock = clock
        self.directory = directory
        self.entities = entities
        self.stores = stores
        self.secrets = secrets
        self.outbox = outbox
        self.inviterQuota = inviterQuota
        self.wrote = wrote
        self.quota = quota
        self.jobRows = jobRows
        self.leaseMark = leaseMark
    }

    package func publish(in tx: Transaction) throws {
        try EventRecorder(ids: ids, silenced: silenced).takeOwn(in: tx)
    }

    /// Counts the open invitations to entities.
    package static let open: InviterQuota.Open = {
        try InvitationStore.open(by: $0, at: $1, in: $2)
    }

    /// An entity as it was looked at, and its owner as known by now, who is notified.
    struct Admitted: Sendable {
        let entity: EntityStanding
        let ownerId: String
    }

    /// That the caller can do `action` with the entity's invitations or collaborators.
    func admit(
        _ caller: Caller, to action: InvitationAction, on entityId: String
    ) async throws {
        let admit = try await admission(of: caller, to: action, on: entityId)
        _ = try database.read { try admit($0) }
    }

    /// The admission of changes that `caller` can make who can do `action` with the entity's
    /// invitations or collaborators. What other contexts know is asked now, for a repeated request
    /// too.
    func admission(
        of caller: Caller, to action: InvitationAction, on entityId: String
    ) async throws -> Admission<Admitted> {
        guard IDMinter.isWellFormed(entityId, prefix: "ent_") else { throw Fault.notFound }
        let entity = try await entity(entityId, for: caller.userId)
        let isVisible = try await isVisible(entityId, entity, to: caller)
        guard let entity else { throw Fault.notFound }
        return { db in
            if try Tombstone.entity.contains(entityId, in: db) { throw Fault.notFound }
            // A hand-over may have been heard of since.
            let owner = try KnownEntityStore.owner(of: entityId, since: entity.updatedAt, in: db)
            let admitted = Admitted(entity: entity, ownerId: owner ?? entity.ownerId)
            try InvitationPolicy.authorize(
                action,
                Standing(
                    isOwner: admitted.ownerId == caller.userId,
                    isCollaborator: try Self.collaborates(caller, on: entityId, in: db),
                    isVisible: isVisible))
            return admitted
        }
    }

    /// Whether the caller sees the entity otherwise than as its owner or collaborator; not asked of
    /// the stores for those.
    private func isVisible(
        _ entityId: String, _ entity: EntityStanding?, to caller: Caller
    ) async throws -> Bool {
        if let entity, entity.isAccessible || entity.ownerId == caller.userId { return true }
        let collaborates = try database.read {
            try Self.collaborates(caller, on: entityId, in: $0)
        }
        if collaborates { return false }
        // Asked for what does not exist as well: an outage must not tell it apart.
        let isOpen = try await Self.orUnavailable {
            try await stores.isOpen(entityId, to: caller.userId)
        }
        return isOpen && entity != nil
    }

    private static func collaborates(
        _ caller: Caller, on entityId: String, in db: some Queryable
    ) throws -> Bool {
        try CollaboratorStore.find(caller.userId, of: entityId, in: db) != nil
    }

    /// The entity as it is now, as far as a user is concerned; nil if there is none.
    func entity(_ entityId: String, for userId: String) async throws -> EntityStanding? {
        try await Self.orUnavailable {
            try await entities.standing(of: userId, to: entityId)
        }
    }

    /// A failed query is 503, never a guess.
    static func orUnavailable<T>(_ query: () async throws -> T) async throws -> T {
        do {
            return try await query()
        } catch {
            throw Fault(
                InvitationProblems.entitiesUnavailable, retryAfter: 1, privateDetail: "\(error)")
        }
    }

    /// A change of something of an entity, by a caller who can do `action` with it.
    /// - Parameter find: what is to be changed.
    func change<Found: Equatable & Sendable, Known: Sendable, T: Sendable>(
        _ action: InvitationAction, on entityId: String, by caller: Caller,
        of find: @escaping @Sendable (any Queryable) throws -> Found,
        asking ask: @escaping @Sendable (Found) async throws -> Known,
        _ effect: @escaping @Sendable (Transaction, Found, Admitted, Known) throws -> T
    ) async throws -> PendingWrite<Found, T> {
        let admit = try await admission(of: caller, to: action, on: entityId)
        return write(
            by: caller,
            admit: { db in
                let admitted = try admit(db)
                return (admitted: admitted, found: try find(db))
            },
            asking: { subject, _ in try await ask(subject.found) },
            showing: { _, subject, _ in subject.found }
        ) { tx, subject, known in
            let entity = subject.admitted.entity
            try KnownEntityStore.save(KnownEntity(entity), at: entity.updatedAt, in: tx)
            return try effect(tx, subject.found, subject.admitted, known)
        }
    }

    /// A write that adds something to an entity, by a caller who can do `action` with it.
    func change<Known: Sendable, T: Sendable>(
        _ action: InvitationAction, on entityId: String, by caller: Caller,
        asking ask: @escaping @Sendable () async throws -> Known,
        _ effect: @escaping @Sendable (Transaction, EntityStanding, Known) throws -> T
    ) async throws -> PendingWrite<Void, T> {
        write(
            by: caller, admit: try await admission(of: caller, to: action, on: entityId),
            asking: { _ in try await ask() }
        ) { tx, admitted, known in
            let entity = admitted.entity
            try KnownEntityStore.save(KnownEntity(entity), at: entity.updatedAt, in: tx)
            return try effect(tx, entity, known)
        }
    }

    /// The owner of an entity that was looked at before: a hand-over may have been heard of since.
    func owner(of entity: EntityStanding, in tx: Transaction) throws -> String {
        try KnownEntityStore.save(KnownEntity(entity), at: entity.updatedAt, in: tx)
        return try KnownEntityStore.find(entity.id, in: tx)?.ownerId ?? entity.ownerId
    }

    /// The user of an address, if there is one; no answer tells whether there is.
    func profile(_ email: String) async throws -> UserProfile? {
        try await directory.profiles(emails: [email], disclosedTo: nil)[email]
    }
}

extension KnownEntity {
    init(_ entity: EntityStanding) {
        self.init(
            id: entity.id, name: entity.name, ownerId: entity.ownerId,
            organizationId: entity.organizationId)
    }
}

extension Quota {
    /// Pending invitations included.
    package static let collaborators = Quota(
        "collaborators", "collaborators of one entity, pending invitations included", limit: 10_000,
        relief: "Remove some of them or revoke invitations")
}
