import Contract
import EntitiesContract
import ServiceKit
import TestSupport
import Testing

@testable import Entities

@Suite struct EntityRoutesTests {
    /// Every public endpoint with its scope (`-`: none).
    static let table = [
        "POST /api/entities entities:write",
        "GET /api/entities -",
        "GET /api/entities/{entityId} -",
        "PATCH /api/entities/{entityId} entities:write",
        "DELETE /api/entities/{entityId} entities:write",
        "PUT /api/entities/{entityId}/owner entities:write",
        "POST /api/entities/{entityId}/shares entities:share",
        "GET /api/entities/{entityId}/shares -",
        "DELETE /api/entities/{entityId}/shares/{shareId} -",
        "GET /api/entities/shared-with-me -",
        "GET /api/entities/shares -",
        "GET /api/entities/{entityId}/publishers -",
        "POST /api/entities/{entityId}/publishers -",
        "GET /api/entities/{entityId}/publishers/me -",
        "DELETE /api/entities/{entityId}/publishers/{userId} -",
        "POST /api/entities/{entityId}/versions entities:write",
        "GET /api/entities/{entityId}/versions -",
        "GET /api/entities/{entityId}/versions/{version} -",
        "PUT /api/entities/{entityId}/installation entities:write",
        "DELETE /api/entities/{entityId}/installation entities:write",
        "GET /api/installations -",
        "GET /api/entities/{entityId}/access -",
        "GET /api/entities/{entityId}/people -",
        "DELETE /api/entities/{entityId}/access/{userId} -",
        "POST /api/access/check -",
    ]

    @Test func `the contract has exactly these routes and scopes, all for users`() {
        expectPublic(EntityRoutes.all, Self.table)
    }

    @Test func `every declared route is served`() throws {
        let served = EntitiesAPI(useCases: try World().useCases).routes.map(\.endpoint)
        #expect(
            served == EntityRoutes.all + [
                EntityRoutes.listAudit, AuditRoutes.tail, OffboardingRoutes.state,
                EntityQueries.standing, EntityQueries.externalIds, ShareNoticeRoutes.standing,
                InternalEvent.deliver,
            ] + DecisionQueries.all)
    }

    @Test func `a read-only token is accepted for GET and for access checks`() {
        let passing = EntityRoutes.all.filter { $0.readsOnly && $0.method != .get }
        #expect(passing.map(\.id) == ["checkAccess"])
    }
}
