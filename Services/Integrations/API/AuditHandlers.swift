import Contract
import HTTPCore
import Kernel
import ServiceKit

extension IntegrationsAPI {
    func listAudit(_ request: RequestContext) throws -> Response {
        guard let integrationId = try request.query("integrationId") else {
            throw Fault.invalid("/integrationId", "is required")
        }
        let page = try useCases.listAudit(
            of: integrationId, try request.auditFilter(), try request.page(), by: request.caller)
        return .list(page, for: request)
    }

    /// For the gateway, which merges the audits of all contexts.
    func auditTail(_ request: RequestContext) throws -> Response {
        .json(try useCases.auditTail(try request.decode(AuditTailQuery.self)))
    }
}
