import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// The use cases of organizations: one verb a file, each an extension of this.
///
/// All have one shape: first other services are asked; then one transaction loads, checks the rule,
/// saves, adds the audit entry and writes the events for other services. Every rule that guards a
/// write is checked in that transaction, so that parallel requests can't break it together. A use
/// case that writes returns a `PendingWrite`.
struct OrganizationsUseCases: UseCases {
    let database: Database
    let ids: IDMinter
    let random: any RandomSource
    let vault: Vault
    let directory: any Directory
    let entities: any Entities
    let storage: any Buckets
    /// The services that receive this context's events.
    let listeners: [String]
    var quotas = OrganizationQuotas()
    /// Rows that a job deletes in one transaction.
    var jobRows = jobSliceRows
    /// What leases on the answers of other services' queries count from, read before the facts.
    var leaseMark: @Sendable () -> LeaseMark? = { nil }

    /// Runs `body` in a read if the caller can do `action`.
    /// - Parameter reference: the organization's id or slug.
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

    typealias Admitted = (organization: Organization, standing: Standing)

    /// Admits the caller if they can do `action`.
    func admission(
        of caller: Caller, to action: OrganizationAction, on reference: String
    ) -> Admission<Admitted> {
        { try Self.admit(caller, to: action, on: reference, in: $0) }
    }

    /// A write to something in an organization, for a caller who can do `action`.
    /// - Parameter find: loads what to change, and checks what `action` does not cover.
    func change<Found: Equatable & Sendable, T: Sendable>(
        _ action: OrganizationAction, on reference: String, by caller: Caller,
        of find: @escaping @Sendable (any Queryable, Admitted) throws -> Found,
        _ effect: @escaping @Sendable (Transaction, Found) throws -> T
    ) -> PendingWrite<Found, T> {
        let admit = admission(of: caller, to: action, on: reference)
        return write(by: caller, admit: { try find($0, try admit($0)) }, effect)
    }

    /// A write to an organization that returns it as a GET does. Profiles are fetched if the
    /// response or a condition (`If-Match`) needs them.
    func change<T: Sendable>(
        _ action: OrganizationAction, of reference: String, by caller: Caller,
        needsNames: Bool = false,
        _ effect: @escaping @Sendable (Transaction, Admitted, [String: UserProfile]) throws -> T
    ) -> PendingWrite<OrganizationDetails, T> {
        write(
            by: caller, admit: admission(of: caller, to: action, on: reference),
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
}
