import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Repeated POSTs with an `Idempotency-Key`.
@Suite struct IdempotencyTests {
    private static let posts = [
        ("/api/integrations", #"{"name":"CRM","slug":"crm"}"#),
        ("/api/teams", #"{"name":"A Team","id":"a-team"}"#),
    ]

    private func key(_ key: String) -> [String] { ["Idempotency-Key: \(key)"] }

    @Test func `the tests cover all POST routes`() {
        let paths = IntegrationRoutes.all.filter { $0.method == .post }.map(\.path)
        #expect(paths == Self.posts.map(\.0))
    }

    @Test(arguments: posts)
    func `a repeated creation creates one thing and returns the first response`(
        _ path: String, _ body: String
    ) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            func create() async throws -> RawResponse {
                try await served.send("POST \(path)", body, as: ada, fields: key("k"))
            }
            let first = try await create()
            #expect(first.status == 201 && first.field("idempotency-replayed") == nil)
            let before = try served.database.dump()
            served.clock.advance(seconds: 60)
            let second = try await create()
            #expect(second.status == 201 && second.field("idempotency-replayed") == "true")
            #expect(second.text == first.text)
            for name in ["location", "etag", "content-type"] {
                #expect(
                    first.field(name) != nil && second.field(name) == first.field(name), "\(name)")
            }
            #expect(try served.database.dump() == before)
            // After a day it counts as a new request, and the name is taken.
            served.clock.advance(seconds: 24 * 60 * 60)
            #expect(try await create().status == 409)
        }
    }

    @Test(arguments: posts)
    func `a key belongs to one user and one request`(_ path: String, _ body: String) async throws {
        try await ServedIntegrations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let first = try await served.send("POST \(path)", body, as: ada, fields: key("k"))
            #expect(first.status == 201)
            for (target, other) in [(path, #"{"name":"Other"}"#)] + Self.posts
            where target != path || other != body {
                let refused = try await served.send(
                    "POST \(target)", other, as: ada, fields: key("k"))
                #expect(refused.status == 422 && refused.code == "idempotency_key_reused")
            }
            let bobs = try await served.send(
                "POST \(path)", #"{"name":"Other"}"#, as: bob, fields: key("k"))
            #expect(bobs.status == 201 && bobs.field("idempotency-replayed") == nil)
        }
    }

    @Test(arguments: posts)
    func `of parallel requests with one key one has an effect`(
        _ path: String, _ body: String
    ) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let fields = key("k")
            let answers = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await served.send("POST \(path)", body, as: ada, fields: fields)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let made = answers.filter { $0.status == 201 }
            #expect(!made.isEmpty && Set(made.map(\.text)).count == 1)
            #expect(made.filter { $0.field("idempotency-replayed") == nil }.count == 1)
            let others = answers.filter { $0.status != 201 }
            #expect(others.allSatisfy { $0.status == 409 && $0.code == "idempotency_key_in_use" })
        }
    }

    @Test(arguments: posts)
    func `a refused request can be repeated with its key`(
        _ path: String, _ body: String
    ) async throws {
        try await ServedIntegrations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let first = try await served.send("POST \(path)", body, as: bob)
            func create() async throws -> RawResponse {
                try await served.send("POST \(path)", body, as: ada, fields: key("k"))
            }
            #expect(try await create().status == 409)
            let place = try #require(first.field("location"))
            #expect(try await served.send("DELETE \(place)", as: bob).status == 204)
            #expect(try await create().status == 201)
            #expect(try await create().field("idempotency-replayed") == "true")
        }
    }
}
