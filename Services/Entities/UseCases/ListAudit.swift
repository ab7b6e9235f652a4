import Contract
import Journal
import Kernel
import SQLite

extension EntitiesUseCases {
    /// Who gave, changed or took access to an entity; newest first. Platform admins also read of
    /// entities that are gone.
    func listAudit(
        of entityId: String, _ filter: AuditFilter, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<AuditEntryBody> {
        var filter = filter
        filter.about = entityId
        if EntityPolicy.readsEveryAudit(caller) {
            return try database.read { try AuditStore.page(filter, page, in: $0) }
        }
        return try await read(.seeAudit, on: entityId, by: caller) { [filter] reader, _, _ in
            try AuditStore.page(filter, page, in: reader)
        }
    }

    /// The newest entries, for the audit of all contexts together.
    func auditTail(_ query: AuditTailQuery) throws -> AuditTail {
        try database.read { try AuditStore.tail(query, in: $0) }
    }
}
