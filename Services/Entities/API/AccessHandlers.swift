import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func explainAccess(_ request: RequestContext) async throws -> Response {
        let paths = try await useCases.explainAccess(
            to: try request.entityId, of: try request.query("userId"), by: request.caller)
        let wire = paths.map { AccessBody.Path(via: $0.via, detail: $0.detail) }
        return .resource(AccessBody(paths: wire))
    }

    func checkAccess(_ request: RequestContext) async throws -> Response {
        let queries = try request.decode(AccessChecksBody.self).checks.map {
            AccessQuery(entityId: $0.entityId, userId: $0.userId ?? request.caller.userId)
        }
        let steps = try await useCases.checkAccess(queries, by: request.caller)
        let results = zip(queries, steps).map { query, step in
            AccessResultsBody.Result(
                entityId: query.entityId, userId: query.userId, via: step)
        }
        return .json(200, AccessResultsBody(results: results))
    }
}
