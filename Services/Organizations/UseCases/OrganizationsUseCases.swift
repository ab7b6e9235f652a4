import Contract
import GatewayClient
import Journal
import Kernel
import Outbox
import SQLite

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

    /// What a caller demands of a thing before it is changed; throws if it is another.
    typealias Expectation<Thing> = @Sendable (Thing) throws -> Void

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

    /// A change that runs `body`, if `caller` may do `action` to the organization.
    func change<T: Sendable>(
        _ action: OrganizationAction, on reference: String, by caller: Caller,
        _ body: @escaping @Sendable (Transaction, Organization, Standing) throws -> T
    ) -> Change<T> {
        Change(in: database) { tx in
            try Gone.check(caller, in: tx)
            let (organization, standing) = try Self.admit(
                caller, to: action, on: reference, in: tx)
            return try body(tx, organization, standing)
        }
    }

    static func admit(
        _ caller: Caller, to action: OrganizationAction, on reference: String,
        in db: some Queryable
    ) throws -> (Organization, Standing) {
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
    func tell(_ type: String, _ fact: some Encodable, in tx: Transaction) throws {
        try OutboxStore.add(type, fact, id: ids.make("evt_"), for: listeners, in: tx)
    }

    /// The users of a list's rows, each asked for once.
    func persons(_ ids: some Sequence<String>) async throws -> [String: Person] {
        let ids = Set(ids)
        return ids.isEmpty ? [:] : try await directory.persons(ids: ids.sorted())
    }
}
