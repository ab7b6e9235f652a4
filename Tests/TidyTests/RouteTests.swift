import Contract
import EntitiesContract
import Foundation
import GatewayContract
import IntegrationsContract
import InvitationsContract
import OrganizationsContract
import Testing

@Suite struct RouteTests {
    private struct Context {
        let name: String
        let routes: [Endpoint]
        let queries: [Endpoint]
    }

    private static let contexts = [
        Context(
            name: "Gateway",
            routes: GatewayRoutes.all + BrandRoutes.all + LinkRoutes.all + ConsoleRoutes.all
                + NotificationRoutes.all
                + GatewayRoutes.audit(of: [EntityRoutes.listAudit]).endpoints,
            queries: DirectoryQueries.all + EdgeQueries.all
                + [LeaseRoutes.renew, InternalEvent.deliver]),
        Context(
            name: "Entities", routes: EntityRoutes.all + [EntityRoutes.listAudit],
            queries: EntityQueries.all + [ShareNoticeRoutes.standing] + received),
        Context(
            name: "Organizations", routes: OrganizationRoutes.all + [OrganizationRoutes.listAudit],
            queries: OrganizationQueries.all + received + [LeaseRoutes.renew]),
        Context(
            name: "Integrations", routes: IntegrationRoutes.all + [IntegrationRoutes.listAudit],
            queries: [ShareNoticeRoutes.standing] + received),
        Context(
            name: "Invitations", routes: InvitationRoutes.all + [WorkspaceRoutes.listAudit],
            queries: InvitationQueries.all + received + [LeaseRoutes.renew]),
    ]
    private static let received = [
        AuditRoutes.tail, OffboardingRoutes.state, InternalEvent.deliver,
    ]
    /// The list of audit entries is one route, which each context declares for its own things.
    private let endpoints =
        contexts.flatMap(\.routes).filter { $0.id != "listAudit" }

    @Test func `ids are unique over all contexts`() {
        let ids = endpoints.map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `no two routes match the same requests`() {
        let shapes = endpoints.map { endpoint in
            let segments = endpoint.path.split(
                separator: "/", omittingEmptySubsequences: false
            ).map { $0.hasPrefix("{") ? "*" : $0 }
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
        #expect(reading == ["checkAccess", "listWorkspaceInvitations"])
    }

    /// `LATCHKEY_WRITE_TABLES=1` in the environment of this test writes them.
    @Test func `the tables of routes in READMEs are those of the contracts`() throws {
        let writes = ProcessInfo.processInfo.environment["LATCHKEY_WRITE_TABLES"] != nil
        for context in Self.contexts {
            let path = "Services/\(context.name)/README.md"
            var lines = Sources.lines(of: path)
            let head = try #require(lines.firstIndex(of: Self.head), "\(path) has no table")
            let end = lines[head...].firstIndex { !$0.hasPrefix("|") } ?? lines.endIndex
            let rows =
                [Self.head, "|---|---|---|"] + (context.routes + context.queries).map(Self.row)
            if writes, Array(lines[head..<end]) != rows {
                lines.replaceSubrange(head..<end, with: rows)
                try lines.joined(separator: "\n").write(
                    to: Sources.root.appendingPathComponent(path), atomically: true,
                    encoding: .utf8)
            } else {
                #expect(Array(lines[head..<end]) == rows, "\(path)")
            }
        }
    }

    private static let head = "| route | who | |"

    private static func row(_ endpoint: Endpoint) -> String {
        let who =
            switch endpoint.access {
            case .open: "everyone"
            case .service: "services"
            case .user where endpoint.scopes.isEmpty: "users"
            case .user: endpoint.scopes.map { "`\($0)`" }.joined(separator: " ")
            }
        return "| `\(endpoint.method.rawValue) \(endpoint.path)` | \(who) | \(endpoint.summary) |"
    }
}
