import Contract
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// The newest entries, for the audit of all contexts together.
    func auditTail(_ query: AuditTailQuery) throws -> AuditTail {
        try database.read { try AuditStore.tail(query, in: $0) }
    }
}
