import Contract
import EntitiesContract
import FoundationEssentials
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The gateway before two services: each gets what is its own.
@Suite struct TwoServicesTests {
    @Test func `each route goes to its service, with an identity for that one alone`() async throws
    {
        try await withBoth { world, entities, organizations in
            for endpoint in OrganizationRoutes.all {
                organizations.set([])
                let answer = try await world.api.call(
                    endpoint.method.rawValue, path(endpoint), token: adminToken)
                #expect(answer.status == 200, "\(endpoint.id): \(answer.text)")
                let seen = try #require(organizations.value.first, "\(endpoint.id)")
                #expect(seen.target == path(endpoint) && seen.method == endpoint.method.rawValue)
                #expect(try audience(of: seen) == "organizations")
            }
            #expect(entities.value.isEmpty)
            organizations.set([])
            _ = try await world.api.call("GET", "/api/entities", token: adminToken)
            #expect(try entities.value.map { try audience(of: $0) } == ["entities"])
            #expect(organizations.value.isEmpty)
        }
    }

    @Test func `who lacks a scope, or may only read, does not come through`() async throws {
        try await withBoth { world, _, organizations in
            let poor = try await world.user("poor", scopes: [])
            let reader = try await world.user("reader", readOnly: true)
            for endpoint in OrganizationRoutes.all {
                func code(_ token: String?) async throws -> String? {
                    try await world.api.call(
                        endpoint.method.rawValue, path(endpoint), token: token
                    ).code
                }
                #expect(try await code(nil) == "unauthenticated", "\(endpoint.id)")
                if !endpoint.scopes.isEmpty {
                    #expect(try await code(poor.token) == "insufficient_scope", "\(endpoint.id)")
                }
                if endpoint.method != .get {
                    #expect(try await code(reader.token) == "read_only_token", "\(endpoint.id)")
                }
            }
            #expect(organizations.value.isEmpty)
        }
    }

    @Test func `a DELETE's body arrives`() async throws {
        try await withBoth { world, _, organizations in
            let body = #"{"entityId":"ent_1"}"#
            _ = try await world.api.call(
                "DELETE", "/api/organizations/acme/store", token: adminToken, body: body)
            #expect(organizations.value.map(\.body) == [Array(body.utf8)])
        }
    }

    @Test func `no internal route is reached from outside`() async throws {
        try await withBoth { world, entities, organizations in
            let queries = OrganizationQueries.all + EntityQueries.all
            for endpoint in queries + [InternalEvent.deliver, AuditRoutes.tail] {
                let answer = try await world.api.call(
                    "POST", endpoint.path, token: adminToken, body: "{}")
                #expect(answer.status == 404, "\(endpoint.id)")
            }
            #expect(entities.value.isEmpty && organizations.value.isEmpty)
        }
    }

    @Test func `the document and the page list both`() async throws {
        try await withBoth { world, _, _ in
            let document = try await world.api.call("GET", "/openapi.json").json
            let all = GatewayRoutes.all + EntityRoutes.all + OrganizationRoutes.all
            #expect(Set(document?["paths"]?.names ?? []) == Set(all.map(\.path)))
            let page = try await world.api.call("GET", "/docs").text
            for endpoint in OrganizationRoutes.all {
                #expect(page.contains("<h3 id=\"\(endpoint.id)\">"), "\(endpoint.id)")
            }
        }
    }

    @Test func `an organization's audit comes from organizations`() async throws {
        try await withBoth { world, entities, organizations in
            let target = "/api/audit?organizationId=acme&page=2"
            let ann = try await world.user("ann")
            let answer = try await world.api.call("GET", target, token: ann.token)
            #expect(answer.status == 200)
            #expect(organizations.value.map(\.target) == [target] && entities.value.isEmpty)
            #expect(try organizations.value.map { try audience(of: $0) } == ["organizations"])
        }
    }

    @Test func `the audit of everything is asked of both, and a deletion told to both`()
        async throws
    {
        try await withBoth { world, entities, organizations in
            let all = try await world.api.call("GET", "/api/audit", token: adminToken)
            #expect(all.status == 200, "\(all.text)")
            for log in [entities, organizations] {
                #expect(log.value.map(\.target) == [AuditRoutes.tail.path])
                log.set([])
            }
            let ann = try await world.user("ann")
            let deleted = try await world.api.call(
                "DELETE", "/api/users/\(ann.id)", token: adminToken)
            #expect(deleted.status == 204)
            for log in [entities, organizations] {
                #expect(await eventually { !log.value.isEmpty })
                #expect(log.value.first?.target == InternalEvent.deliver.path)
            }
            #expect(entities.value.first?.body == organizations.value.first?.body)
        }
    }

    private func path(_ endpoint: Endpoint) -> String {
        endpoint.parameterNames.reduce(endpoint.path) {
            $0.replacing("{\($1)}", with: "x1")
        }
    }

    /// For which service the identity is that came along.
    private func audience(of seen: Seen) throws -> String? {
        let tokens = seen.values("latchkey-identity")
        #expect(tokens.count == 1)
        let parts = try #require(tokens.first).split(separator: ".")
        let claims = try #require(Base64URL.decode(Array(parts[1].utf8)[...]))
        return JSONValue(claims)?["aud"]?.string
    }

    /// Both services answer whatever they are asked, and note it.
    private func withBoth(
        _ test: (GatewayWorld, Log<[Seen]>, Log<[Seen]>) async throws -> Void
    ) async throws {
        let logs = [Log<[Seen]>([]), Log<[Seen]>([])]
        let answer = Response(
            200, fields: [Response.Field("Content-Type", "application/json")],
            body: Array(#"{"applied":true,"entries":[],"total":0}"#.utf8))
        var services: [UpstreamUnderTest] = []
        for log in logs {
            services.append(try await UpstreamUnderTest(recording(log) { _ in answer }))
        }
        let result: Result<Void, any Error>
        do {
            try await withGateway(
                entities: services[0].port, organizations: services[1].port
            ) { try await test($0, logs[0], logs[1]) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for service in services { await service.stop() }
        try result.get()
    }
}
