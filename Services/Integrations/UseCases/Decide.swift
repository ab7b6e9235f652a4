import Contract
import IntegrationsContract
import Kernel
import SQLite

extension IntegrationsUseCases: DecisionMaker {
    func decide(_ items: [DecisionQuery.Item]) async throws -> [Decision] {
        try await database.read(aside: items.count > DecisionQuery.few) { reader in
            try items.map { try Self.decide($0, in: reader) }
        }
    }

    private static func decide(
        _ item: DecisionQuery.Item, in db: some Queryable
    ) throws -> Decision {
        guard let integration = try IntegrationStore.find(item.resourceId, in: db) else {
            return .unknownResource
        }
        let action: IntegrationAction
        switch item.action {
        case IntegrationDecisions.access: action = .see
        case IntegrationDecisions.share: action = .share
        case IntegrationDecisions.own: action = .delete
        default: return .unknownAction
        }
        let caller = Caller(userId: item.subject.userId, isAdmin: item.subject.isAdmin)
        let standing = try standing(of: caller, to: integration, in: db)
        guard let access = EffectiveAccess(standing),
            access.level.value >= item.accessLevel ?? 0,
            (try? IntegrationPolicy.authorize(action, standing)) != nil
        else { return .denied }
        return .allowed(access.via.name)
    }

    func grantHolders(
        of resourceId: String, after: String, limit: Int
    ) async throws -> GrantHolders? {
        try await database.readAside { reader in
            guard let integration = try IntegrationStore.find(resourceId, in: reader) else {
                return nil
            }
            let ids = try IntegrationStore.people(
                of: integration.id, after: after, limit: limit, in: reader)
            return GrantHolders(ids, areAll: ids.count < limit)
        }
    }

    func resources(of subject: DecisionSubject, _ page: PageRequest) async throws -> Page<String> {
        try await database.readAside { reader in
            let found =
                IntegrationPolicy.seesEverything(isPlatformAdmin: subject.isAdmin)
                ? try IntegrationStore.page(search: nil, page, in: reader)
                : try IntegrationStore.page(of: subject.userId, search: nil, page, in: reader)
            return found.map(\.id)
        }
    }
}

extension EffectiveAccess.Via {
    /// As decisions have it.
    fileprivate var name: String {
        switch self {
        case .owner: "owner"
        case .platformAdmin: "platform_admin"
        case .share: "share"
        }
    }
}
