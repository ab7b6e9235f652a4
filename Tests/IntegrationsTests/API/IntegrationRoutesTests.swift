import Contract
import IntegrationsContract
import ServiceKit
import TestSupport
import Testing

@testable import Integrations

@Suite struct IntegrationRoutesTests {
    /// Every endpoint of the public contract with its scope (`-`: none).
    static let table = [
        "GET /api/integrations -",
        "POST /api/integrations integration:write",
        "GET /api/integrations/{id} -",
        "PATCH /api/integrations/{id} integration:write",
        "DELETE /api/integrations/{id} integration:write",
        "GET /api/integrations/{id}/access -",
        "GET /api/integrations/{id}/shares -",
        "GET /api/integrations/{id}/shares/{principalId} -",
        "PUT /api/integrations/{id}/shares/{principalId} integration:share",
        "DELETE /api/integrations/{id}/shares/{principalId} integration:share",
        "GET /api/integrations/{id}/owner -",
        "PUT /api/integrations/{id}/owner integration:changeOwner",
        "GET /api/teams -",
        "POST /api/teams team:write",
        "GET /api/teams/{id} -",
        "PATCH /api/teams/{id} team:write",
        "DELETE /api/teams/{id} team:write",
        "GET /api/teams/{id}/members -",
        "PUT /api/teams/{id}/members/{username} team:write",
        "DELETE /api/teams/{id}/members/{username} team:write",
    ]

    @Test func `the contract has exactly these routes and scopes, all for users`() {
        expectPublic(IntegrationRoutes.all, Self.table)
        #expect(IntegrationRoutes.changeOwnerToTeam == ["integration:changeOwnerToTeam"])
    }

    @Test func `every declared route is served`() throws {
        let served = IntegrationsAPI(useCases: try World().useCases).routes.map(\.endpoint)
        #expect(
            served == IntegrationRoutes.all
                + [
                    IntegrationRoutes.listAudit, AuditRoutes.tail, OffboardingRoutes.state,
                    ShareNoticeRoutes.standing, InternalEvent.deliver,
                ] + ProvisioningRoutes.all + DecisionQueries.all)
    }

    @Test func `a read-only token is accepted only for GET`() {
        for route in IntegrationRoutes.all {
            #expect(route.readsOnly == (route.method == .get), "\(route.id)")
        }
    }
}
