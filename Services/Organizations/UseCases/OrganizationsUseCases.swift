import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// What can be done with organizations: one verb a file, each an extension of this.
///
/// All have one shape: what other contexts know is asked first; then one transaction loads, asks
/// the rule, saves, records what it did to whose access, and writes what others must hear of.
/// Whatever guards a change is decided in that transaction, on what is true then, so that parallel
/// requests can't both be right. Those that change something return the change, ready to be
/// committed.
struct OrganizationsUseCases: Sendable {
    let database: Database
    let ids: IDMinter
    let random: any RandomSource
    let vault: Vault
    let directory: any Directory
    let entities: any Entities
    let storage: any Buckets
    /// The contexts that hear of what happens here.
    let listeners: [String]
    var quotas = OrganizationQuotas()
    /// How many rows a transaction touches for what may touch any number.
    var jobRows = jobSliceRows

    var audit: AuditLog { AuditLog(ids: ids) }

    /// Runs `body` in a read, if `caller` may do `action` to the organization.
    /// - Parameter reference: its id or slug.
    func read<T>(
        _ action: OrganizationAction, on reference: String, by caller: Caller,
        _ body: (Reader, Organization, Standing) throws -> T
    ) throws -> T {
        try database.read { reader in
            let (organization, standing) = try Self.admit(
                caller, to: action, on: reference, in: reader)
            return try body(reader, organization, standing)
        }
    }

    typealias Admission<Found> = @Sendable (any Queryable) throws -> Found
    typealias Admitted = (organization: Organization, standing: Standing)

    /// The admission of changes that `caller` can make who can do `action` to the organization.
    func admission(
        of caller: Caller, to action: OrganizationAction, on reference: String
    ) -> Admission<Admitted> {
        { db in
            // The caller can have been deleted since the request began.
            try Tombstone.check(caller, in: db)
            return try Self.admit(caller, to: action, on: reference, in: db)
        }
    }

    /// A change of something of an organization, by a caller who can do `action` to it.
    /// - Parameter find: what is to be changed; refuses who can do the action, but not to this.
    func change<Found: Sendable, T: Sendable>(
        _ action: OrganizationAction, on reference: String, by caller: Caller,
        of find: @escaping @Sendable (any Queryable, Admitted) throws -> Found,
        _ effect: @escaping @Sendable (Transaction, Found) throws -> T
    ) -> PendingWrite<Found, T> {
        let admit = admission(of: caller, to: action, on: reference)
        return PendingWrite(in: database, admit: { try find($0, try admit($0)) }, effect)
    }

    /// A change of an organization that shows it as a GET does. Names are asked for where the
    /// change or its conditions need them.
    func change<T: Sendable>(
        _ action: OrganizationAction, of reference: String, by caller: Caller,
        needsNames: Bool = false,
        _ effect: @escaping @Sendable (Transaction, Admitted, [String: UserProfile]) throws -> T
    ) -> PendingWrite<OrganizationDetails, T> {
        PendingWrite(
            in: database, admit: admission(of: caller, to: action, on: reference),
            asking: { [self] _, isConditional in
                let areNeeded = needsNames || isConditional
                return areNeeded ? try await profilesShown(of: reference, by: caller) : [:]
            },
            showing: { [self] tx, admitted, profiles in
                try details(
                    of: admitted.organization, admitted.standing, profiles, for: caller, in: tx)
            }, effect)
    }

    static func admit(
        _ caller: Caller, to action: OrganizationAction, on reference: String,
        in db: some Queryable
    ) throws -> Admitted {
        guard let organization = try OrganizationStore.find(reference, in: db) else {
            throw Fault.notFound
        }
        let membership = try MembershipStore.find(caller.userId, in: organization.id, db)
        let standing = Standing(
            power: membership?.role.power, isPlatformAdmin: caller.isAdmin,
            hasPublicStore: organization.publicCount > 0)
        try OrganizationPolicy.authorize(action, standing)
        return (organization, standing)
    }

    /// Writes what others must hear of, with its cause.
    func emit(_ type: String, _ fact: some Encodable, in tx: Transaction) throws {
        try OutboxStore.add(type, fact, id: ids.make("evt_"), for: listeners, in: tx)
    }

    /// The users of a list's rows, each asked for once.
    func profiles(_ ids: some Sequence<String>) async throws -> [String: UserProfile] {
        let ids = Set(ids)
        return ids.isEmpty ? [:] : try await directory.profiles(ids: ids.sorted())
    }
}
