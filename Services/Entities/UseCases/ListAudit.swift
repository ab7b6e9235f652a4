import Contract
import Journal
import Kernel
import SQLite

extension EntitiesUseCases {
    /// Who gave, changed or took access to an entity; newest first. Whom its owner invites is his
    /// and the platform admins' to read, publishers get the rest. Platform admins also read of
    /// entities that are gone.
    func listAudit(
        of entityId: String, _ filter: AuditFilter, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<AuditEntryBody> {
        var filter = filter
        filter.about = entityId
        let isAdmin = EntityPolicy.readsEveryAudit(caller)
        let isOwner =
            isAdmin
            ? false
            : try await read(.seeAudit, on: entityId, by: caller) { _, _, standing in
                standing.isOwner
            }
        let invited = isAdmin || isOwner ? try await invitedAudit(filter, page) : nil
        return try database.read { [filter] reader in
            // Where there is nothing to merge, no page is too deep.
            guard let invited, invited.total > 0 else {
                return try AuditStore.page(filter, page, in: reader)
            }
            let merge = try AuditMerge(filter, page)
            return merge([try AuditStore.tail(merge.query, in: reader), invited])
        }
    }

    /// What the invitations context has written down about an entity.
    private func invitedAudit(
        _ filter: AuditFilter, _ page: PageRequest
    ) async throws -> AuditTail {
        let limit = min(page.offset + page.size, AuditTailQuery.maximumDepth)
        return try await Self.neverGuessing {
            try await collaborators.auditTail(AuditTailQuery(filter: filter, limit: limit))
        }
    }

    /// The newest entries, for the audit of all contexts together.
    func auditTail(_ query: AuditTailQuery) throws -> AuditTail {
        try database.read { try AuditStore.tail(query, in: $0) }
    }
}
