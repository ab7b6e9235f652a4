import Contract
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

@testable import Organizations

@Suite struct OrganizationRoutesTests {
    /// Every endpoint of the public contract, with its scope (`-`: none).
    static let table = [
        "POST /api/organizations org:write",
        "GET /api/organizations -",
        "GET /api/organizations/{id} -",
        "PATCH /api/organizations/{id} org:write",
        "DELETE /api/organizations/{id} org:write",
        "POST /api/organizations/{id}/npm-registry-key/rotate org:settings",
        "GET /api/organizations/{id}/members -",
        "POST /api/organizations/{id}/members org:write",
        "PATCH /api/organizations/{id}/members/{userId} org:write",
        "DELETE /api/organizations/{id}/members/{userId} org:write",
        "GET /api/organizations/{id}/roles -",
        "POST /api/organizations/{id}/roles org:write",
        "PATCH /api/organizations/{id}/roles/{roleId} org:write",
        "DELETE /api/organizations/{id}/roles/{roleId} org:write",
        "GET /api/organizations/{id}/storage-config -",
        "POST /api/organizations/{id}/storage-config org:settings",
        "GET /api/organizations/{id}/store -",
        "POST /api/organizations/{id}/store entities:share_store",
        "DELETE /api/organizations/{id}/store entities:share_store",
        "GET /api/organizations/{id}/store/{publicationId} -",
        "PATCH /api/organizations/{id}/store/{publicationId} entities:share_store",
        "DELETE /api/organizations/{id}/store/{publicationId} entities:share_store",
        "GET /api/stores -",
    ]

    @Test func `the contract has exactly these routes and scopes, all for users`() {
        expectPublic(OrganizationRoutes.all, Self.table)
    }

    @Test func `every declared route is served`() throws {
        let served = OrganizationsAPI(useCases: try World().useCases).routes.map(\.endpoint)
        #expect(
            served == OrganizationRoutes.all + OrganizationQueries.all
                + [
                    OrganizationRoutes.listAudit, AuditRoutes.tail, OffboardingRoutes.state,
                    InternalEvent.deliver,
                ] + DecisionQueries.all)
    }

    @Test func `a read-only token can only GET`() {
        for route in OrganizationRoutes.all {
            #expect(route.readsOnly == (route.method == .get), "\(route.id)")
        }
    }

    @Test func `queries are for services and only read`() {
        #expect(OrganizationQueries.all.allSatisfy { $0.access == .service && $0.readsOnly })
        #expect(OrganizationQueries.all.allSatisfy { $0.path.hasPrefix("/internal/") })
    }
}
