import Contract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// Who gave, changed or took access; newest first. Platform admins also read of workspaces
    /// that they are not in, or that are gone.
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
