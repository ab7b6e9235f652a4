import Contract
import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    /// The audit of an entity, newest first. Only the owner and platform admins see entries about
    /// invitations; other publishers see the rest. Platform admins can also read the audit of
    /// deleted entities.
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
        guard isAdmin || isOwner else { return try ownAudit(filter, page) }
        let first = try await invitationsAudit(AuditMerge.first(filter, page))
        // Without entries to merge, no page is too deep.
        guard first.total > 0 else { return try ownAudit(filter, page) }
        return try await AuditMerge(filter, page)([
            { try auditTail($0) },
            { $0.before == nil ? first : try await invitationsAudit($0) },
        ])
    }

    private func ownAudit(
        _ filter: AuditFilter, _ page: PageRequest
    ) throws -> Page<AuditEntryBody> {
        try database.read { try AuditStore.page(filter, page, in: $0) }
    }

    /// The invitations context's entries about an entity.
    private func invitationsAudit(_ query: AuditTailQuery) async throws -> AuditTail {
        try await Self.orAccessUnknown { try await collaborators.auditTail(query) }
    }
}
