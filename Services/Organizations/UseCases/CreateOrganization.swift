import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// The caller becomes its owner.
    func createOrganization(
        _ draft: OrganizationDraft, by caller: Caller
    ) -> PendingWrite<Void, OrganizationDetails> {
        let key = makeRegistryKey()
        return write(
            by: caller, admit: { _ in },
            asking: { [directory] in try await directory.profiles(of: [caller.userId]) }
        ) { [self] tx, _, profiles in
            try quotas.organizations.check(for: caller.userId, in: tx)
            try OrganizationStore.externalIds.check(draft.externalId, by: caller, in: tx)
            let organization = Organization(
                id: ids.make("org_"), name: draft.name, slug: try Self.slug(for: draft, in: tx),
                createdAt: tx.now, memberCount: 1, publicCount: 0, externalId: draft.externalId)
            let sealed = vault.seal(key, in: .registryKey(organizationId: organization.id))
            try OrganizationStore.insert(
                organization, createdBy: caller.userId, sealedKey: sealed, in: tx)
            try audit.record(.created(organization), by: caller, in: tx)
            try settleOffboarding(of: caller.userId, on: organization.id, in: tx)
            let owner = Membership(
                id: ids.make("mem_"), organizationId: organization.id, userId: caller.userId,
                role: try insertRoles(of: organization.id, in: tx), joinedAt: tx.now)
            try MembershipStore.insert(owner, in: tx)
            try audit.record(.added(owner), by: caller, in: tx)
            return try details(
                of: organization,
                Standing(power: .owner, isPlatformAdmin: caller.isAdmin, hasPublicStore: false),
                profiles, for: caller, in: tx)
        }
    }

    /// - Returns: the owner role.
    private func insertRoles(of organizationId: String, in tx: Transaction) throws -> Role {
        func insert(_ builtIn: BuiltInRole) throws -> Role {
            let role = Role(
                id: ids.make("rol_"), organizationId: organizationId, name: builtIn.rawValue,
                builtIn: builtIn, scopes: builtIn.scopes)
            try RoleStore.insert(role, in: tx)
            return role
        }
        // Roles are listed newest first, so the owner role is inserted last.
        _ = try insert(.member)
        _ = try insert(.admin)
        return try insert(.owner)
    }

    private static func slug(
        for draft: OrganizationDraft, in tx: Transaction
    ) throws -> String {
        guard let slug = draft.slug else {
            return try Slug.free(for: draft.name) {
                try OrganizationStore.isSlugTaken($0, in: tx)
            }
        }
        if try OrganizationStore.isSlugTaken(slug, in: tx) { throw Fault(.slugTaken) }
        return slug
    }
}
