import Contract
import EntitiesContract
import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport
import Testing
import Tracing

@testable import Gateway

/// What a service says of a route that is going to end reaches the caller.
@Suite struct DeprecatedRouteTests {
    private static let deprecation = Deprecation(
        since: Timestamp(milliseconds: 1_798_761_600_000),
        sunset: Timestamp(milliseconds: 1_814_313_600_000), guide: "/docs/versioning")

    /// A service with the routes of entities, of which the first is deprecated.
    private func withService(_ test: (GatewayWorld) async throws -> Void) async throws {
        func route(_ like: Endpoint, _ deprecation: Deprecation?) -> Endpoint {
            Endpoint(
                like.id, like.method, like.path, access: .open, summary: like.summary,
                deprecation: deprecation)
        }
        let routes: [Route] = [
            .now(route(EntityRoutes.listEntities, Self.deprecation)) { _ in
                Response(
                    200, fields: [Response.Field("Link", "</api/entities?page=2>; rel=\"next\"")])
            },
            .later(route(EntityRoutes.getEntity, Self.deprecation)) { _ in throw Fault.notFound },
            .now(route(EntityRoutes.listPublishers, nil)) { _ in .noContent },
        ]
        let runtime = Runtime(
            group: EventLoopGroup(count: 1), logger: LogBook().logger(), tracer: Tracer())
        let server = try await APIServer(routes, options: ServerOptions(), runtime: runtime) {
            NobodysAuthenticator()
        }
        try await ending {
            await server.drain(milliseconds: 0)
            runtime.group.stop()
        } after: {
            try await withGateway(entities: server.port) { try await test($0) }
        }
    }

    @Test func `the gateway forwards that a route is going to end, with errors too`() async throws {
        try await withService { world in
            for (path, status) in [("/api/entities", 200), ("/api/entities/ent_1", 404)] {
                let answer = try await world.api.call("GET", path, token: adminToken)
                #expect(answer.status == status)
                #expect(answer.field("deprecation") == "@1798761600")
                #expect(answer.field("sunset") == "Wed, 30 Jun 2027 00:00:00 GMT")
                let links = answer.fields.filter { $0.name == "link" }.map(\.value)
                #expect(links.contains(#"</docs/versioning>; rel="deprecation"; type="text/html""#))
                // Of a list, the links to its pages are still there.
                #expect(links.count == (status == 200 ? 2 : 1))
            }
            let other = try await world.api.call(
                "GET", "/api/entities/ent_1/publishers", token: adminToken)
            #expect(other.status == 204 && other.field("deprecation") == nil)
        }
    }
}

/// For services that everybody can call.
private final class NobodysAuthenticator: Authenticator {
    func user(_ head: RequestHead) throws(Fault) -> any Session { throw .unauthenticated }
    func again(_ head: RequestHead, _ session: any Session) throws(Fault) -> any Session {
        session
    }
    func service(_ head: RequestHead) throws(Fault) { throw .unauthenticated }
}
