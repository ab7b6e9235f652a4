import Contract
import Kernel
import SQLite
import WriteKit

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
        guard isAdmin || isOwner else { return try ownAudit(filter, page) }
        let first = try await invitedAudit(AuditMerge.first(filter, page))
        // Where there is nothing to merge, no page is too deep.
        guard first.total > 0 else { return try ownAudit(filter, page) }
        return try await AuditMerge(filter, page)([
            { try auditTail($0) },
            { $0.before == nil ? first : try await invitedAudit($0) },
        ])
    }

    private func ownAudit(
        _ filter: AuditFilter, _ page: PageRequest
    ) throws -> Page<AuditEntryBody> {
        try database.read { try AuditStore.page(filter, page, in: $0) }
    }

    /// What the invitations context has written down about an entity.
    private func invitedAudit(_ query: AuditTailQuery) async throws -> AuditTail {
        try await Self.neverGuessing { try await collaborators.auditTail(query) }
    }

    /// Entries from a place on, for the audit of all contexts together.
    func auditTail(_ query: AuditTailQuery) throws -> AuditTail {
        try database.read { try AuditStore.tail(query, in: $0) }
    }
}
