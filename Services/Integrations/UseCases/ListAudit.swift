import Contract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Who gave, changed or took access; newest first. Platform admins also read of integrations
    /// that are gone.
    func listAudit(
        of reference: String, _ filter: AuditFilter, _ page: PageRequest, by caller: Caller
    ) throws -> Page<AuditEntryBody> {
        var filter = filter
        return try database.read { reader in
            let integration = try IntegrationStore.find(reference, in: reader)
            filter.about = integration?.id ?? reference
            // What is gone is known by its id alone.
            let isReadable =
                integration == nil && IntegrationPolicy.readsEveryAudit(caller)
                && IDMinter.isWellFormed(reference, prefix: "int_")
            if !isReadable {
                _ = try Self.admit(caller, to: .seeAudit, on: reference, in: reader)
            }
            return try AuditStore.page(filter, page, in: reader)
        }
    }

    /// The newest entries, for the audit of all contexts together.
    func auditTail(_ query: AuditTailQuery) throws -> AuditTail {
        try database.read { try AuditStore.tail(query, in: $0) }
    }
}
