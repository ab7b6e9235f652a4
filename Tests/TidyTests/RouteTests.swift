import Contract
import EntitiesContract
import GatewayContract
import IntegrationsContract
import InvitationsContract
import OrganizationsContract
import Testing

@Suite struct RouteTests {
    private static let contexts: [(name: String, endpoints: [Endpoint])] = [
        (
            "Gateway",
            GatewayRoutes.all + LinkRoutes.all
                + GatewayRoutes.audit(of: [EntityRoutes.listAudit]).endpoints
        ),
        ("Entities", EntityRoutes.all), ("Organizations", OrganizationRoutes.all),
        ("Integrations", IntegrationRoutes.all), ("Invitations", InvitationRoutes.all),
    ]
    private let endpoints = contexts.flatMap(\.endpoints)

    @Test func `ids are unique over all contexts`() {
        let ids = endpoints.map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `no two routes match the same requests`() {
        let shapes = endpoints.map { endpoint in
            let segments = endpoint.path.split(separator: "/").map { $0.hasPrefix("{") ? "*" : $0 }
            return endpoint.method.rawValue + " " + segments.joined(separator: "/")
        }
        #expect(Set(shapes).count == shapes.count)
    }

    @Test func `every scope of a route is known`() {
        let unknown = endpoints.flatMap(\.scopes).filter { !Scopes.known.contains($0) }
        #expect(unknown.isEmpty)
    }

    @Test func `routes that change something refuse read-only tokens`() {
        let reading = endpoints.filter { $0.method != .get && $0.readsOnly }.map(\.id)
        #expect(reading == ["checkAccess", "listPendingWorkspaceInvitations"])
    }

    @Test func `every public route is documented in its context's README`() {
        for context in Self.contexts {
            let text = Sources.read("Services/\(context.name)/README.md")?.text ?? ""
            let missing = context.endpoints.filter { endpoint in
                !text.contains("`\(endpoint.method.rawValue) \(endpoint.path)`")
            }
            #expect(missing.map { "\($0.method.rawValue) \($0.path)" }.isEmpty)
        }
    }
}
