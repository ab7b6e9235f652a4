import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// What can be done with entities: one verb a file, each an extension of this.
///
/// All have one shape: what other contexts know is asked first; then one transaction loads, asks
/// the rule, saves, and records what it did to whose access. Whatever guards a change is decided in
/// that transaction, on what is true then, so that parallel requests can't both be right. Those
/// that change something return the change, ready to be committed.
struct EntitiesUseCases: Sendable {
    let database: Database
    let ids: IDMinter
    let directory: any Directory
    let organizations: any Organizations
    let collaborators: any Collaborators
    /// The contexts that hear of what happens here.
    let listeners: [String]
    var quotas = EntityQuotas()
    /// How many rows a transaction touches for what may touch any number.
    var jobRows = jobSliceRows

    var audit: AuditLog { AuditLog(ids: ids) }

    /// Runs `body` in a read, if `caller` may do `action` to the entity.
    func read<T>(
        _ action: EntityAction, on entityId: String, by caller: Caller,
        _ body: (Reader, AccessibleEntity, Standing) throws -> T
    ) async throws -> T {
        let elsewhere = try await stepElsewhere(to: entityId, for: caller)
        return try database.read { reader in
            let (found, standing) = try Self.admit(
                caller, to: action, on: entityId, elsewhere, in: reader)
            return try body(reader, found, standing)
        }
    }

    typealias Admission<Found> = @Sendable (any Queryable) throws -> Found

    /// The admission of changes that `caller` can make who can do `action` to the entity. What
    /// other contexts know of it is asked now, for a repeated request too.
    func admission(
        of caller: Caller, to action: EntityAction, on entityId: String
    ) async throws -> Admission<AccessibleEntity> {
        let elsewhere = try await stepElsewhere(to: entityId, for: caller)
        return { db in
            // The caller can have been deleted since the request began.
            try Tombstone.check(caller, in: db)
            return try Self.admit(caller, to: action, on: entityId, elsewhere, in: db).0
        }
    }

    /// A change of an entity by a caller who can do `action` to it.
    func change<T: Sendable>(
        _ action: EntityAction, on entityId: String, by caller: Caller,
        _ effect: @escaping @Sendable (Transaction, AccessibleEntity) throws -> T
    ) async throws -> PendingWrite<AccessibleEntity, T> {
        PendingWrite(
            in: database, admit: try await admission(of: caller, to: action, on: entityId),
            effect)
    }

    static func admit(
        _ caller: Caller, to action: EntityAction, on entityId: String, _ elsewhere: AccessStep?,
        in db: some Queryable
    ) throws -> (AccessibleEntity, Standing) {
        guard let entity = try EntityStore.find(entityId, in: db) else { throw Fault.notFound }
        let query = AccessQuery(entityId: entityId, userId: caller.userId)
        let standing = Standing(
            isOwner: entity.ownerId == caller.userId,
            step: try GrantStore.step(of: query, in: db) ?? elsewhere)
        let via = try EntityPolicy.authorize(action, standing)
        return (AccessibleEntity(entity: entity, via: via), standing)
    }

    /// The user that a body names at `/userId`.
    func namedUser(_ userId: String, by caller: Caller) async throws -> UserProfile {
        let profiles = try await directory.profiles(ids: [userId], toldTo: caller)
        guard let profile = profiles[userId] else { throw Self.unknownUser }
        return profile
    }

    /// Refuses a user who was deleted after he had been looked up.
    static func mustExist(_ userId: String, in tx: Transaction) throws {
        if try Tombstone.user.contains(userId, in: tx) { throw unknownUser }
    }

    private static let unknownUser = Fault.invalid("/userId", "must be the id of a user")

    /// Writes what others must hear of, with its cause.
    func tell(_ type: String, _ fact: some Encodable, in tx: Transaction) throws {
        try OutboxStore.add(type, fact, id: ids.make("evt_"), for: listeners, in: tx)
    }

    /// The users of a list's rows, each asked for once.
    func profiles(_ ids: some Sequence<String>) async throws -> [String: UserProfile] {
        let ids = Set(ids)
        return ids.isEmpty ? [:] : try await directory.profiles(ids: ids.sorted())
    }
}
