import EntitiesContract
import Kernel
import Synchronization
import TestSupport
import Testing

/// Queries to the organizations service, and how replies are used.
@Suite struct EntitiesAskingTests {
    private let bob = [Cast.identity(of: Cast.bob, for: "entities")]
    private let grace = [Cast.identity(of: Cast.grace, for: "entities")]

    /// An entity that Grace owns, with the id of the golden files.
    private func made(
        _ api: APIClient, _ asked: Asked, as golden: String = Cast.entity
    ) async throws -> String {
        let made = try await api.call(
            "POST", "/api/entities", body: #"{"name":"Notes","type":"app"}"#, fields: grace)
        let id = try #require(made["id"], "\(made.text)")
        asked.call(id, golden)
        return id
    }

    /// The query about one entity instead of two.
    private func accessQuery() throws -> String {
        try Golden.text("store-access-query").replacing(",\"\(Cast.otherEntity)\"", with: "")
    }

    @Test func `queries store access of a user without local grants, once for each request`()
        async throws
    {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, _ in
            let path = "/api/entities/\(try await made(api, asked))"
            let seen = try await api.call("GET", path, fields: bob)
            #expect(seen.status == 200 && seen["access"] == "organization_store")
            #expect(asked.bodies == [try accessQuery()])
            asked.forget()
            let explained = try await api.call("GET", path + "/access", fields: bob)
            #expect(explained.status == 200 && explained["via"] == "organization_store")
            let paths = explained.json?["paths"]?.items ?? []
            #expect(paths.map { $0["via"]?.string } == ["organization_store", "public_store"])
            for path in paths {
                #expect(path["grantId"]?.string == Cast.publication)
                #expect(path["grantedBy"]?.string == Cast.bob.userId)
                #expect(path["grantedAt"]?.string == "2026-01-15T09:00:00.000Z")
                #expect(path["organizationId"]?.string == Cast.organization)
            }
            #expect(asked.bodies == [try Golden.text("store-grants-query")])
            asked.forget()
            // With a local grant no other service is queried.
            #expect(try await api.call("GET", path, fields: grace)["access"] == "publisher")
            #expect(asked.bodies.isEmpty)
        }
    }

    @Test func `queries the users whose names match, and members of stores, for a list of people`()
        async throws
    {
        let asked = Asked()
        try await EntitiesAlone.run(asked, collaborating: "", invitations: asked) { api, _ in
            let path = "/api/entities/\(try await made(api, asked))"
            let shared = try await api.call(
                "POST", path + "/shares", body: #"{"emails":["ada@example.com"]}"#, fields: grace)
            #expect(shared.status == 200, "\(shared.text)")
            asked.forget()
            let people = try await api.call("GET", path + "/people", fields: grace)
            // The directory knows only Ada, and nothing of the others in the goldens.
            try expect(people, 200, like: "public-people-store")
            let bodies = Set(asked.bodies)
            for golden in ["store-people-query", "collaborator-people-query"] {
                #expect(bodies.contains(try Golden.text(golden)), "\(asked.bodies)")
            }
            asked.forget()
            let found = try await api.call(
                "GET", path + "/people?via=direct_share&search=ada", fields: grace)
            #expect(found.json?["items"]?.items.count == 1, "\(found.text)")
            #expect(asked.bodies.first == (try Golden.text("match-users-query")))
        }
    }

    @Test func `queries a batch in one call and matches each result to its pair`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, _ in
            let first = try await made(api, asked)
            let second = try await made(api, asked, as: Cast.otherEntity)
            let checks = [first, second].map { #"{"entityId":"\#($0)"}"# }
            let checked = try await api.call(
                "POST", "/api/access/check",
                body: #"{"checks":[\#(checks.joined(separator: ","))]}"#, fields: bob)
            let query = try #require(asked.bodies.first)
            #expect(asked.bodies.count == 1)
            // The order of the entities does not matter.
            let golden = try Golden.text("store-access-query")
            let (a, b) = (Cast.entity, Cast.otherEntity)
            let turned = golden.replacing("\"\(a)\",\"\(b)\"", with: "\"\(b)\",\"\(a)\"")
            #expect([golden, turned].contains(query))
            let expected: [String?] =
                query == golden
                ? ["organization_store", "public_store"]
                : ["public_store", "organization_store"]
            let steps = checked.json?["results"]?.items.map { $0["via"]?.string }
            #expect(steps == expected, "\(checked.text)")
        }
    }

    @Test func `queries the entities in stores for a list`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, _ in
            let first = try await made(api, asked)
            let second = try await made(api, asked, as: Cast.otherEntity)
            let list = try await api.call("GET", "/api/entities", fields: bob)
            try expectList(list, of: "public-entity")
            let items = list.json?["items"]?.items ?? []
            #expect(items.map { $0["id"]?.string } == [second, first])
            #expect(
                items.map { $0["access"]?.string } == ["public_store", "organization_store"])
        }
        #expect(asked.bodies == [try Golden.text("store-entities-query")])
    }

    @Test func `queries colleagues if the token can't share externally`()
        async throws
    {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, identity in
            let mine = try await api.call(
                "POST", "/api/entities", body: #"{"name":"Notes","type":"app"}"#, fields: bob)
            let path = "/api/entities/\(mine["id"] ?? "")/shares"
            let body = #"{"emails":["ada@example.com","nobody@example.com"]}"#
            let shared = try await api.call("POST", path, body: body, fields: bob)
            #expect(shared.status == 200, "\(shared.text)")
            let created = shared.json?["created"]?.items.map { $0["user"]?["id"]?.string }
            #expect(created == [Cast.ada.userId])
            #expect(
                asked.bodies == [
                    try Golden.text("find-users-query"), try Golden.text("colleagues-query"),
                ])
        }
    }

    @Test func `queries the caller's membership for a new entity in an organization`() async throws
    {
        let asked = Asked()
        let body = #"{"name":"Notes","type":"app","organizationId":"\#(Cast.organization)"}"#
        try await EntitiesAlone.run(asked) { api, _ in
            let made = try await api.call("POST", "/api/entities", body: body, fields: bob)
            #expect(made.status == 201 && made["organizationId"] == Cast.organization)
            #expect(asked.bodies == [try Golden.text("membership-query")])
        }
        asked.forget()
        try await EntitiesAlone.run(asked, membership: "membership-answer-none") { api, _ in
            let refused = try await api.call("POST", "/api/entities", body: body, fields: bob)
            #expect(refused.status == 422 && refused.pointers == ["/organizationId"])
            #expect(asked.bodies == [try Golden.text("membership-query")])
        }
    }

    @Test
    func
        `while the organizations service is unavailable, only local grants count`()
        async throws
    {
        let asked = Asked()
        try await EntitiesAlone.run(asked, isAway: true) { api, _ in
            let path = "/api/entities/\(try await made(api, asked))"
            for target in [path, path + "/access", "/api/entities"] {
                let unknown = try await api.call("GET", target, fields: bob)
                #expect(unknown.status == 503 && unknown.code == "access_unknown", "\(target)")
            }
            #expect(try await api.call("GET", path, fields: grace).status == 200)
            let explained = try await api.call("GET", path + "/access", fields: grace)
            #expect(explained.status == 200 && explained["via"] == "publisher")
            let body = #"{"name":"Notes","type":"app","organizationId":"\#(Cast.organization)"}"#
            let made = try await api.call("POST", "/api/entities", body: body, fields: bob)
            #expect(made.status == 503 && made.code == "upstream_unavailable")
            #expect(made.field("retry-after") != nil)
        }
        #expect(asked.bodies.isEmpty)
    }

    @Test func `a reply with fewer subjects than the query is refused`() async throws {
        let asked = Asked()
        try await EntitiesAlone.run(asked) { api, _ in
            let path = "/api/entities/\(try await made(api, asked))/access"
            // About the caller and Bob: the golden reply covers only one of them.
            let target = path + "?userId=\(Cast.bob.userId)"
            let unknown = try await api.call("GET", target, fields: grace)
            #expect(unknown.status == 503 && unknown.code == "access_unknown", "\(unknown.text)")
            #expect(asked.bodies.count == 1)
        }
    }

    @Test func `a service that never replies delays a request by one second at most`()
        async throws
    {
        let told = Mutex<[Int]>([])
        let hung = RawServer { connection, _ in
            let head = String(decoding: try connection.receive(through: "\r\n\r\n"), as: UTF8.self)
            if let text = head.firstMatch(of: /Latchkey-Deadline: ([0-9]+)/)?.output.1 {
                told.withLock { $0.append(Int(text) ?? -1) }
            }
            _ = try? connection.receive(exactly: 1 << 20)
        }
        defer { hung.stop() }
        try await EntitiesAlone.run(Asked(), neighboursAt: hung.port) { api, _ in
            for path in ["/api/entities", "/api/entities/\(Cast.entity)"] {
                let answer = try await api.call("GET", path, fields: bob)
                #expect(answer.status == 503 && answer.field("retry-after") != nil, "\(path)")
                #expect(answer["code"] == "access_unknown", "\(path)")
            }
            let deadlines = told.withLock { $0 }
            // Both in parallel, a second each: the response takes no longer than one of them.
            #expect(deadlines.count >= 2 && deadlines.allSatisfy { $0 <= 1_000 }, "\(deadlines)")
        }
    }
}
