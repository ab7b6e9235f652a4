import Contract
import InvitationsContract
import Kernel
import SQLite

extension WorkspacesUseCases: DecisionMaker {
    package func decide(_ items: [DecisionQuery.Item]) async throws -> [Decision] {
        try await database.read(aside: items.count > DecisionQuery.few) { reader in
            try items.map { try Self.decide($0, in: reader) }
        }
    }

    private static func decide(
        _ item: DecisionQuery.Item, in db: some Queryable
    ) throws -> Decision {
        guard try WorkspaceStore.find(item.resourceId, in: db) != nil else {
            return .unknownResource
        }
        guard let needed = WorkspaceDecisions.permission(for: item.action) else {
            return .unknownAction
        }
        let found = try WorkspaceStore.find(item.resourceId, of: item.subject.userId, in: db)
        guard let mine = found?.permissions, mine >= needed else { return .denied }
        return .allowed(mine == .owner ? "owner" : "member")
    }

    package func grantHolders(
        of resourceId: String, after: String, limit: Int
    ) async throws -> GrantHolders? {
        try await database.readAside { reader in
            guard try WorkspaceStore.find(resourceId, in: reader) != nil else { return nil }
            // `WorkspaceLimits.people` bounds them.
            let ids = try WorkspaceMemberStore.all(of: resourceId, in: reader).map(\.userId)
            let rest = ids.filter { $0 > after }.sorted()
            return GrantHolders(Array(rest.prefix(limit)), areAll: rest.count <= limit)
        }
    }

    package func resources(
        of subject: DecisionSubject, _ page: PageRequest
    ) async throws -> Page<String> {
        try await database.readAside {
            try WorkspaceStore.page(of: subject.userId, page, in: $0).map(\.workspace.id)
        }
    }
}
