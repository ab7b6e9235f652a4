import Contract
import GatewayClient
import Kernel
import OrganizationsContract
import SQLite

extension OrganizationsUseCases {
    func getOrganization(
        _ reference: String, by caller: Caller
    ) async throws -> OrganizationDetails {
        // One snapshot, then its members' profiles, so that every member shown has a name.
        var shown = try read(.see, on: reference, by: caller) { reader, organization, standing in
            try details(of: organization, standing, [:], for: caller, in: reader)
        }
        let profiles = try await directory.profiles(of: shown.members.map(\.membership.userId))
        shown.members = shown.members.map { $0.membership.withUser(profiles) }
        return shown
    }

    /// The profiles of the members in the details, fetched before a write that returns the details.
    func profilesShown(
        of reference: String, by caller: Caller
    ) async throws -> [String: UserProfile] {
        let members = try read(.see, on: reference, by: caller) { reader, organization, _ in
            try MembershipStore.first(
                OrganizationLimits.membersShown, of: organization.id, in: reader)
        }
        return try await directory.profiles(of: members.map(\.userId))
    }

    func details(
        of organization: Organization, _ standing: Standing, _ profiles: [String: UserProfile],
        for caller: Caller, in db: some Queryable
    ) throws -> OrganizationDetails {
        let members = try MembershipStore.first(
            OrganizationLimits.membersShown, of: organization.id, in: db)
        return OrganizationDetails(
            organization: organization,
            role: try MembershipStore.find(caller.userId, in: organization.id, db)?.role,
            members: members.map { $0.withUser(profiles) },
            roles: try RoleStore.all(of: organization.id, in: db),
            storage: try StorageStore.find(organization.id, in: db),
            registryKey: OrganizationPolicy.seesRegistryKey(standing)
                ? try registryKey(of: organization.id, in: db) : nil)
    }

    private func registryKey(
        of organizationId: String, in db: some Queryable
    ) throws -> String? {
        guard let sealed = try OrganizationStore.sealedKey(of: organizationId, in: db) else {
            return nil
        }
        return try vault.open(sealed, in: .registryKey(organizationId: organizationId))
    }
}
