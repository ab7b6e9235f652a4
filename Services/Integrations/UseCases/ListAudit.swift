import Contract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Newest first. Platform admins can also read the audit of deleted integrations.
    func listAudit(
        of reference: String, _ filter: AuditFilter, _ page: PageRequest, by caller: Caller
    ) throws -> Page<AuditEntryBody> {
        var filter = filter
        return try database.read { reader in
            let integration = try IntegrationStore.find(reference, in: reader)
            filter.about = integration?.id ?? reference
            // A deleted integration can only be named by its id.
            let isReadable =
                integration == nil && IntegrationPolicy.readsEveryAudit(caller)
                && IDMinter.isWellFormed(reference, prefix: "int_")
            if !isReadable {
                _ = try Self.admit(caller, to: .seeAudit, on: reference, in: reader)
            }
            return try AuditStore.page(filter, page, in: reader)
        }
    }
}
