import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func explainAccess(_ request: RequestContext) async throws -> Response {
        let found = try await useCases.explainAccess(
            to: try request.entityId, of: try request.query("userId"), by: request.caller)
        return .resource(
            AccessBody(paths: found.paths.map { AccessBody.Path($0) }, reason: found.reason))
    }

    func checkAccess(_ request: RequestContext) async throws -> Response {
        let queries = try request.decode(AccessChecksBody.self).checks.map {
            AccessQuery(entityId: $0.entityId, userId: $0.userId ?? request.caller.userId)
        }
        let decisions = try await useCases.checkAccess(queries, by: request.caller)
        let results = zip(queries, decisions).map { query, decision in
            AccessResultsBody.Result(
                entityId: query.entityId, userId: query.userId, via: decision.via,
                reason: decision.reason)
        }
        return .json(200, AccessResultsBody(results: results))
    }
}

extension AccessBody.Path {
    init(_ path: AccessPath) {
        self.init(
            via: path.via, grantId: path.grantId, grantedBy: path.grantedBy,
            grantedAt: path.grantedAt, organizationId: path.organizationId, detail: path.detail)
    }
}
