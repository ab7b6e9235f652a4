import Contract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func listAudit(_ request: RequestContext) async throws -> Response {
        guard let entityId = try request.query("entityId") else {
            throw Fault.invalid("/entityId", "is required")
        }
        let page = try await useCases.listAudit(
            of: entityId, try request.auditFilter(), try request.page(), by: request.caller)
        return .list(page, for: request)
    }

    /// For the gateway, which merges the audits of all contexts.
    func auditTail(_ request: RequestContext) throws -> Response {
        .json(try useCases.auditTail(try request.decode(AuditTailQuery.self)))
    }
}
