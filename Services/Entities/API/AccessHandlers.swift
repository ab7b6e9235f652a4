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

    func listPeople(_ request: RequestContext) async throws -> Response {
        let filter = PeopleFilter(
            via: try request.word("via", of: AccessStep.self),
            search: try Text.search(try request.query("search"), max: Text.maximumEmail))
        let cursor = try PeopleCursor(text: try request.query("cursor"))
        let size = try request.number(
            "pageSize", in: EntityLimits.people, else: PageRequest.defaultSize)
        let page = try await useCases.listPeople(
            of: try request.entityId, filter, after: cursor, size, by: request.caller)
        return .json(
            PeopleBody(
                items: page.people.map { PeopleBody.Person($0) }, next: page.next?.text,
                everyone: page.isOpenToEveryone))
    }

    func revokeAccess(_ request: RequestContext) async throws -> Committed {
        let change = try await useCases.revokeAccess(
            of: try request.path("userId"), to: try request.entityId, by: request.caller)
        return try await request.commit(change, current: .exists) { revocation in
            .json(
                AccessRevocationBody(
                    removed: revocation.removed.map { AccessBody.Path($0) },
                    remaining: revocation.remaining.map { AccessBody.Path($0) }))
        }
    }

    func checkAccess(_ request: RequestContext) async throws -> Response {
        let queries = try Self.queries(of: request)
        let decisions = try await useCases.checkAccess(queries, by: request.caller)
        return try Self.response(to: request, queries, decisions)
    }

    /// Bytes of a body. Of a large one, some question is likely to need another service, and then
    /// all has been done twice.
    private static let longestNow = 4_096

    func checkAccessNow(_ request: RequestContext) throws -> Response? {
        guard request.body.count <= Self.longestNow else { return nil }
        let queries = try Self.queries(of: request)
        let decisions = try useCases.checkAccessNow(queries, by: request.caller)
        return try decisions.map { try Self.response(to: request, queries, $0) }
    }

    private static func queries(of request: RequestContext) throws -> [AccessQuery] {
        let caller = request.caller.userId
        return try request.decode(AccessChecksBody.self).checks.map {
            AccessQuery(entityId: $0.entityId, userId: $0.userId ?? caller)
        }
    }

    private static func response(
        to request: RequestContext, _ queries: [AccessQuery], _ decisions: [AccessDecision]
    ) throws -> Response {
        let asked = try request.decodeAsked(AccessChecksBody.self)?.checks
        // A hidden entity's own id would tell that its external id exists.
        let seesAll = EntityPolicy.checksEverybody(request.caller)
        let results = queries.indices.map { index in
            let (query, decision) = (queries[index], decisions[index])
            let isShown = seesAll || decision.via != nil
            return AccessResultsBody.Result(
                entityId: isShown ? query.entityId : asked?[index].entityId ?? query.entityId,
                userId: query.userId, via: decision.via, reason: decision.reason)
        }
        return .json(200, AccessResultsBody(results: results))
    }
}

extension PeopleBody.Person {
    init(_ person: PersonWithAccess) {
        self.init(
            user: person.user, via: person.via, paths: person.paths.map { AccessBody.Path($0) })
    }
}

extension AccessBody.Path {
    init(_ path: AccessPath) {
        self.init(
            via: path.via, grantId: path.grantId, grantedBy: path.grantedBy,
            grantedAt: path.grantedAt, organizationId: path.organizationId, detail: path.detail)
    }
}
