import Contract
import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Newest first. Platform admins can list the entries of deleted organizations too.
    func listAudit(
        of reference: String, _ filter: AuditFilter, _ page: PageRequest, by caller: Caller
    ) throws -> Page<AuditEntryBody> {
        var filter = filter
        return try database.read { reader in
            let organization = try OrganizationStore.find(reference, in: reader)
            filter.about = organization?.id ?? reference
            // A deleted organization is known by its id only.
            let isReadable =
                organization == nil && OrganizationPolicy.readsEveryAudit(caller)
                && IDMinter.isWellFormed(reference, prefix: "org_")
            if !isReadable {
                _ = try Self.admit(caller, to: .seeAudit, on: reference, in: reader)
            }
            return try AuditStore.page(filter, page, in: reader)
        }
    }
}
