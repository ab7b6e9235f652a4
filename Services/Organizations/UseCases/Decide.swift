import Contract
import Kernel
import OrganizationsContract
import SQLite

extension OrganizationsUseCases: DecisionMaker {
    func decide(_ items: [DecisionQuery.Item]) async throws -> [Decision] {
        try await database.read(aside: items.count > DecisionQuery.few) { reader in
            try items.map { try Self.decide($0, in: reader) }
        }
    }

    private static func decide(
        _ item: DecisionQuery.Item, in db: some Queryable
    ) throws -> Decision {
        guard let organization = try OrganizationStore.find(item.resourceId, in: db) else {
            return .unknownResource
        }
        let membership = try MembershipStore.find(
            item.subject.userId, in: organization.id, db)
        let standing = Standing(
            power: membership?.role.power, isPlatformAdmin: item.subject.isAdmin,
            hasPublicStore: false)
        if item.action == OrganizationDecisions.read {
            guard (try? OrganizationPolicy.authorize(.see, standing)) != nil else {
                return .denied
            }
            return .allowed(standing.isMember ? "member" : "platform_admin")
        }
        guard let scope = RoleScope(rawValue: item.action) else { return .unknownAction }
        guard standing.power?.has(scope) == true, let membership else { return .denied }
        return .allowed(membership.role.name)
    }

    func grantHolders(
        of resourceId: String, after: String, limit: Int
    ) async throws -> GrantHolders? {
        try await database.readAside { reader in
            guard let organization = try OrganizationStore.find(resourceId, in: reader) else {
                return nil
            }
            let ids = try MembershipStore.userIds(
                of: organization.id, after: after, limit: limit, in: reader)
            return GrantHolders(ids, areAll: ids.count < limit)
        }
    }

    func resources(of subject: DecisionSubject, _ page: PageRequest) async throws -> Page<String> {
        try await database.readAside { reader in
            subject.isAdmin
                ? try OrganizationStore.all(page, in: reader).map(\.id)
                : try OrganizationStore.page(of: subject.userId, search: nil, page, in: reader)
                    .map(\.organization.id)
        }
    }
}
