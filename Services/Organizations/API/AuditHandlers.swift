import Contract
import HTTPCore
import Kernel
import ServiceKit

extension OrganizationsAPI {
    func listAudit(_ request: RequestContext) throws -> Response {
        guard let organizationId = try request.query("organizationId") else {
            throw Fault.invalid("/organizationId", "is required")
        }
        let page = try useCases.listAudit(
            of: organizationId, try request.auditFilter(), try request.page(),
            by: request.caller)
        return .list(page, for: request)
    }

    /// For the gateway, which merges the entries of all contexts.
    func auditTail(_ request: RequestContext) throws -> Response {
        .json(try useCases.auditTail(try request.decode(AuditTailQuery.self)))
    }
}
