import Contract
import EntitiesContract
import FoundationEssentials
import GatewayContract
import HTTPCore
import HTTPServer
import IntegrationsContract
import InvitationsContract
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The gateway in front of several services: each gets its own requests.
@Suite struct SeveralServicesTests {
    /// A service behind the gateway.
    enum Behind: String, CaseIterable, Sendable {
        case entities
        case organizations
        case integrations
        case invitations

        var routes: [Endpoint] {
            switch self {
            case .entities: EntityRoutes.all
            case .organizations: OrganizationRoutes.all
            case .integrations: IntegrationRoutes.all
            case .invitations: InvitationRoutes.all
            }
        }
    }

    /// Services whose routes are all tested here; other suites test entities.
    private static let others = [Behind.organizations, .integrations, .invitations]

    @Test(arguments: others)
    func `each route is forwarded to its service, with an identity for that service`(
        behind: Behind
    ) async throws {
        try await withAll { world, seen in
            for endpoint in behind.routes {
                let answer = try await world.api.call(
                    endpoint.method.rawValue, path(endpoint), token: adminToken)
                #expect(answer.status == 200, "\(endpoint.id): \(answer.text)")
                let requests = seen.take(behind)
                let request = try #require(requests.first, "\(endpoint.id)")
                #expect(requests.count == 1)
                #expect(
                    request.target == path(endpoint) && request.method == endpoint.method.rawValue)
                #expect(try audience(of: request) == behind.rawValue)
            }
            #expect(seen.isEmpty)
            _ = try await world.api.call("GET", "/api/entities", token: adminToken)
            #expect(try seen.take(.entities).map { try audience(of: $0) } == ["entities"])
            #expect(seen.isEmpty)
        }
    }

    @Test(arguments: others)
    func `callers without the scope, or with a read-only token, are refused`(
        behind: Behind
    ) async throws {
        try await withAll { world, seen in
            let poor = try await world.user("poor", scopes: [])
            let reader = try await world.user("reader", readOnly: true)
            for endpoint in behind.routes {
                func code(_ token: String?) async throws -> String? {
                    try await world.api.call(
                        endpoint.method.rawValue, path(endpoint), token: token
                    ).code
                }
                #expect(try await code(nil) == "unauthenticated", "\(endpoint.id)")
                if !endpoint.scopes.isEmpty {
                    #expect(try await code(poor.token) == "insufficient_scope", "\(endpoint.id)")
                }
                if !endpoint.readsOnly {
                    #expect(try await code(reader.token) == "read_only_token", "\(endpoint.id)")
                }
            }
            #expect(seen.isEmpty)
        }
    }

    @Test func `the body of a DELETE is forwarded`() async throws {
        try await withAll { world, seen in
            let body = #"{"entityId":"ent_1"}"#
            _ = try await world.api.call(
                "DELETE", "/api/organizations/acme/store", token: adminToken, body: body)
            #expect(seen.take(.organizations).map(\.body) == [Array(body.utf8)])
        }
    }

    @Test(arguments: ["user:ada", "user%3Aada", "team%3aanalytics"])
    func `a principal in the path is forwarded unchanged, with its colon`(principal: String)
        async throws
    {
        try await withAll { world, seen in
            let target = "/api/integrations/crm/shares/\(principal)"
            _ = try await world.api.call("PUT", target, token: adminToken)
            #expect(seen.take(.integrations).map(\.target) == [target])
        }
    }

    @Test func `internal routes are unreachable through the public port`() async throws {
        try await withAll { world, seen in
            let queries = OrganizationQueries.all + EntityQueries.all + InvitationQueries.all
            for endpoint in queries + [InternalEvent.deliver, AuditRoutes.tail] {
                let answer = try await world.api.call(
                    "POST", endpoint.path, token: adminToken, body: "{}")
                #expect(answer.status == 404, "\(endpoint.id)")
            }
            #expect(seen.isEmpty)
        }
    }

    @Test func `the document and the page list the routes of all services`() async throws {
        try await withAll { world, _ in
            let document = try await world.api.call("GET", "/openapi.json").json
            let forwarded = Behind.allCases.flatMap(\.routes)
            let all =
                GatewayRoutes.all + [PublicAudit.list] + AuthZENRoutes.group.endpoints
                + SCIMRoutes.all
                + OAuthRoutes.group.endpoints
                + LinkRoutes.claims.endpoints + forwarded
            #expect(Set(document?["paths"]?.names ?? []) == Set(all.map(\.path)))
            let start = try await world.api.call("GET", "/docs").text
            var pages = ""
            for link in start.matches(of: /href="(docs\/[a-z-]+)"/) {
                pages += try await world.api.call("GET", "/\(link.1)").text
            }
            for endpoint in forwarded {
                #expect(pages.contains("id=\"\(endpoint.id)\""), "\(endpoint.id)")
            }
        }
    }

    @Test(arguments: [
        ("organizationId=acme", Behind.organizations), ("integrationId=crm", .integrations),
        ("entityId=ent_1", .entities),
    ])
    func `the audit of one entity comes from its context`(
        subject: String, behind: Behind
    ) async throws {
        try await withAll { world, seen in
            let target = "/api/audit?\(subject)&page=2"
            let ann = try await world.user("ann")
            let answer = try await world.api.call("GET", target, token: ann.token)
            #expect(answer.status == 200)
            let requests = seen.take(behind)
            #expect(requests.map(\.target) == [target] && seen.isEmpty)
            #expect(try requests.map { try audience(of: $0) } == [behind.rawValue])
        }
    }

    @Test func `the merged audit and user deletions reach all services`()
        async throws
    {
        try await withAll { world, seen in
            let all = try await world.api.call("GET", "/api/audit", token: adminToken)
            #expect(all.status == 200, "\(all.text)")
            for behind in Behind.allCases {
                #expect(seen.take(behind).map(\.target) == [AuditRoutes.tail.path], "\(behind)")
            }
            let ann = try await world.user("ann")
            let deleted = try await world.api.call(
                "DELETE", "/api/users/\(ann.id)", token: adminToken)
            #expect(deleted.status == 204)
            var bodies: Set<[UInt8]> = []
            for behind in Behind.allCases {
                #expect(await eventually { !seen[behind].value.isEmpty }, "\(behind)")
                let told = seen[behind].value.first
                #expect(told?.target == InternalEvent.deliver.path)
                bodies.insert(told?.body ?? [])
            }
            #expect(bodies.count == 1)
        }
    }

    private func path(_ endpoint: Endpoint) -> String {
        endpoint.parameterNames.reduce(endpoint.path) {
            $0.replacing("{\($1)}", with: "x1")
        }
    }

    /// The audience of the request's identity.
    private func audience(of seen: Seen) throws -> String? {
        let tokens = seen.values("latchkey-identity")
        #expect(tokens.count == 1)
        let parts = try #require(tokens.first).split(separator: ".")
        let claims = try #require(Base64URL.decode(Array(parts[1].utf8)[...]))
        return JSONValue(claims)?["aud"]?.string
    }

    /// The requests of each service.
    private struct Logs: Sendable {
        private let logs = Behind.allCases.map { _ in Log<[Seen]>([]) }

        subscript(_ behind: Behind) -> Log<[Seen]> {
            logs[Behind.allCases.firstIndex(of: behind) ?? 0]
        }

        /// Whether no requests are left.
        var isEmpty: Bool { logs.allSatisfy { $0.value.isEmpty } }

        /// Forgets the requests so far.
        func take(_ behind: Behind) -> [Seen] {
            defer { self[behind].set([]) }
            return self[behind].value
        }
    }

    /// The services answer and record every request.
    private func withAll(_ test: (GatewayWorld, Logs) async throws -> Void) async throws {
        let logs = Logs()
        let answer = Response(
            200, fields: [Response.Field("Content-Type", "application/json")],
            body: Array(#"{"applied":true,"entries":[],"total":0}"#.utf8))
        var services: [UpstreamUnderTest] = []
        for behind in Behind.allCases {
            services.append(try await UpstreamUnderTest(recording(logs[behind]) { _ in answer }))
        }
        let started = services
        try await ending {
            for service in started { await service.stop() }
        } after: {
            try await withGateway(
                entities: started[0].port, organizations: started[1].port,
                integrations: started[2].port, invitations: started[3].port
            ) { try await test($0, logs) }
        }
    }
}
