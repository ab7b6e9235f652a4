import Contract
import EntitiesContract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// The operations on entities: one verb a file, each an extension of this.
///
/// All have the same shape: query other contexts first; then load, check the policy, save and
/// record an audit entry in one transaction. Every check that guards a write is made in that
/// transaction, so that parallel requests can't both pass it. Operations that write return a
/// pending write, ready to be committed.
struct EntitiesUseCases: UseCases {
    let database: Database
    let ids: IDMinter
    let directory: any Directory
    let organizations: any Organizations
    let collaborators: any Collaborators
    /// The contexts that receive events from this one.
    let listeners: [String]
    /// The services that mail users what was shared with them.
    var notifiers: [String] = []
    var quotas = EntityQuotas()
    /// How many rows a job changes in one transaction.
    var jobRows = jobSliceRows
    var faults = CrashPoints()

    /// Runs `body` in a read transaction, if `caller` can do `action` to the entity.
    func read<T>(
        _ action: EntityAction, on entityId: String, by caller: Caller,
        _ body: (Reader, AccessibleEntity, Standing) throws -> T
    ) async throws -> T {
        let remote = try await remoteStep(to: entityId, for: caller)
        return try database.read { reader in
            let (found, standing) = try Self.admit(
                caller, to: action, on: entityId, remote, in: reader)
            return try body(reader, found, standing)
        }
    }

    /// The check that `caller` can do `action` to the entity. Other contexts are queried now, even
    /// for a repeated request.
    func admission(
        of caller: Caller, to action: EntityAction, on entityId: String
    ) async throws -> Admission<AccessibleEntity> {
        let remote = try await remoteStep(to: entityId, for: caller)
        return { try Self.admit(caller, to: action, on: entityId, remote, in: $0).0 }
    }

    /// A write to an entity by a caller who can do `action` to it.
    func change<T: Sendable>(
        _ action: EntityAction, on entityId: String, by caller: Caller,
        _ effect: @escaping @Sendable (Transaction, AccessibleEntity) throws -> T
    ) async throws -> PendingWrite<AccessibleEntity, T> {
        write(
            by: caller, admit: try await admission(of: caller, to: action, on: entityId),
            effect)
    }

    static func admit(
        _ caller: Caller, to action: EntityAction, on entityId: String, _ remote: AccessStep?,
        in db: some Queryable
    ) throws -> (AccessibleEntity, Standing) {
        guard let entity = try EntityStore.find(entityId, in: db) else { throw Fault.notFound }
        let query = AccessQuery(entityId: entityId, userId: caller.userId)
        let standing = Standing(
            isOwner: entity.ownerId == caller.userId,
            step: try GrantStore.step(of: query, in: db) ?? remote)
        let via = try EntityPolicy.authorize(action, standing, entity.resharing)
        return (AccessibleEntity(entity: entity, via: via), standing)
    }

    /// The user whom a body names at `/userId`.
    func namedUser(_ userId: String, by caller: Caller) async throws -> UserProfile {
        let profiles = try await directory.profiles(ids: [userId], disclosedTo: caller)
        guard let profile = profiles[userId] else { throw Self.unknownUser }
        return profile
    }

    /// Refuses a user who was deleted after they were looked up.
    static func checkExists(_ userId: String, in tx: Transaction) throws {
        if try Tombstone.user.contains(userId, in: tx) { throw unknownUser }
    }

    /// Whether a user has access to nothing, whatever they were given: suspended or deleted.
    static func isOut(_ userId: String, in db: some Queryable) throws -> Bool {
        try SuspendedUsers.contains(userId, in: db) || Tombstone.user.contains(userId, in: db)
    }

    private static let unknownUser = Fault.invalid("/userId", "must be the id of an existing user")
}
