import Contract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// Newest first. Platform admins can also read about workspaces that they aren't members of, or
    /// that were deleted.
    func listAudit(
        of workspaceId: String, _ filter: AuditFilter, _ page: PageRequest, by caller: Caller
    ) throws -> Page<AuditEntryBody> {
        var filter = filter
        filter.about = workspaceId
        return try database.read { reader in
            if !WorkspacePolicy.canReadEveryAudit(caller) {
                _ = try Self.admit(caller, to: .seeAudit, in: workspaceId, reader)
            }
            return try AuditStore.page(filter, page, in: reader)
        }
    }
}
