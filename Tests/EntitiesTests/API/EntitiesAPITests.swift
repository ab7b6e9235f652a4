import Kernel
import TestSupport
import Testing

@testable import Entities

/// Status codes, header fields and bodies, over a socket.
@Suite struct EntitiesAPITests {
    static let time = "2026-01-15T09:00:00.000Z"

    @Test func `an entity can be created, read, updated and deleted`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let created = try await served.send(
                "POST /api/entities", #"{"name":" Deploy Bot ","type":"app"}"#, as: ada)
            #expect(created.status == 201)
            let id = created.field("location").map { String($0.dropFirst(14)) } ?? ""
            #expect(IDMinter.isWellFormed(id, prefix: "ent_"))
            let body = #"""
                {"access":"publisher","createdAt":"\#(Self.time)","description":null,\#
                "externalId":null,"id":"\#(id)","latestVersion":null,"name":"Deploy Bot",\#
                "organizationId":null,"ownerId":"usr_ada","resharing":"anyone",\#
                "slug":"deploy-bot","type":"app","updatedAt":"\#(Self.time)"}
                """#
            #expect(created.text == body)
            let found = try await served.send("GET /api/entities/\(id)", as: ada)
            #expect(found.status == 200)
            #expect(found.text == body)
            let patched = try await served.send(
                "PATCH /api/entities/\(id)", #"{"description":"x","ownerId":"usr_b"}"#, as: ada)
            #expect(patched.status == 200)
            #expect(patched.text.contains(#""description":"x""#))
            #expect(patched.text.contains(#""ownerId":"usr_ada""#))
            let list = try await served.send("GET /api/entities?search=BOT&type=app", as: ada)
            #expect(list.text.hasSuffix(#""page":1,"pageSize":20,"total":1}"#))
            #expect(list.field("link")?.contains("rel=\"first\"") == true)
            #expect(try await served.send("DELETE /api/entities/\(id)", as: ada).status == 204)
            #expect(try await served.send("GET /api/entities/\(id)", as: ada).status == 404)
        }
    }

    @Test func `hidden and missing entities get identical responses`() async throws {
        try await ServedEntities.run { served in
            let id = try await served.entity(by: served.user("ada"))
            let missing = "ent_01JHMZ0000000000000000000A"
            let eve = served.user("eve")
            for request in [
                "GET /api/entities/#", "DELETE /api/entities/#", "GET /api/entities/#/shares",
                "GET /api/entities/#/publishers", "GET /api/entities/#/publishers/me",
                "DELETE /api/entities/#/publishers/usr_ada", "GET /api/entities/#/versions",
                "DELETE /api/entities/#/installation", "GET /api/entities/#/access?userId=usr_ada",
                "PUT /api/entities/#/installation",
            ] {
                let answers = [
                    try await served.send(request.replacing("#", with: id), as: eve),
                    try await served.send(request.replacing("#", with: missing), as: eve),
                ]
                #expect(answers[0].status == answers[1].status, "\(request)")
                #expect(answers[0].text.replacing(id, with: missing) == answers[1].text)
                #expect(answers[0].status == (request.hasSuffix("/me") ? 200 : 404))
            }
        }
    }

    @Test func `missing identities, scopes and rights have their own status codes`() async throws {
        try await ServedEntities.run { served in
            #expect(try await served.send("GET /api/entities", as: nil).status == 401)
            let ada = served.user("ada")
            let id = try await served.entity(by: ada)
            let weak = served.user("ada", scopes: ["entities:write"])
            let shared = try await served.send(
                "POST /api/entities/\(id)/shares", #"{"emails":["a@b.example"]}"#, as: weak)
            #expect(shared.status == 403)
            #expect(shared.field("www-authenticate")?.contains("entities:share") == true)
            let reader = served.user("ada", readOnly: true)
            let removed = try await served.send("DELETE /api/entities/\(id)", as: reader)
            #expect(removed.status == 403)
            let checked = try await served.send(
                "POST /api/access/check", #"{"checks":[{"entityId":"\#(id)"}]}"#, as: reader)
            #expect(checked.status == 200)
            let result =
                #"{"entityId":"\#(id)","granted":true,"userId":"usr_ada","via":"publisher"}"#
            #expect(checked.text == #"{"results":[\#(result)]}"#)
        }
    }

    @Test func `sharing returns a result for every address`() async throws {
        try await ServedEntities.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = try await served.entity(by: ada)
            let answer = try await served.send(
                "POST /api/entities/\(id)/shares",
                #"{"emails":["BOB@example.com","ada@example.com","x@example.com"]}"#, as: ada)
            #expect(answer.status == 200)
            let holder = #"{"email":"ada@example.com","userId":"usr_ada","via":"publisher"}"#
            #expect(answer.text.contains(#"{"alreadyHadAccess":[\#(holder)],"created":[{"#))
            #expect(answer.text.hasSuffix(#""notFound":["x@example.com"]}"#))
            let user = #"""
                "user":{"displayName":"Bob","email":"bob@example.com","id":"usr_bob",\#
                "username":"bob"}
                """#
            #expect(answer.text.contains(user))
            let received = try await served.send("GET /api/entities/shared-with-me", as: bob)
            #expect(received.text.contains(#""entity":{"createdAt":"\#(Self.time)""#))
            let given = try await served.send("GET /api/entities/shares?type=app", as: ada)
            let summary = #"""
                "entity":{"id":"\#(id)","name":"Deploy Bot","slug":"deploy-bot","type":"app"}
                """#
            #expect(given.text.contains(summary))
            let wrong = try await served.send(
                "POST /api/entities/\(id)/shares", #"{"emails":["a@b.example","no",""]}"#, as: ada)
            #expect(wrong.status == 422)
            #expect(wrong.text.contains(#""pointer":"/emails/1""#))
            #expect(wrong.text.contains(#""pointer":"/emails/2""#))
        }
    }

    @Test func `publishers can be added, listed and removed`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let path = "/api/entities/\(try await served.entity(by: ada))/publishers"
            func add() async throws -> RawResponse {
                try await served.send("POST \(path)", #"{"userId":"usr_bob"}"#, as: ada)
            }
            let first = try await add()
            #expect(first.status == 201)
            #expect(
                first.text == #"""
                    {"addedAt":"\#(Self.time)","addedBy":"usr_ada","displayName":"Bob",\#
                    "email":"bob@example.com","isOwner":false,"userId":"usr_bob","username":"bob"}
                    """#)
            #expect(try await add().status == 200)
            let me = try await served.send("GET \(path)/me", as: ada)
            #expect(me.text == #"{"isPublisher":true}"#)
            for (user, status) in [("usr_ada", 409), ("usr_bob", 204), ("usr_bob", 404)] {
                let removed = try await served.send("DELETE \(path)/\(user)", as: ada)
                #expect(removed.status == status)
            }
            let last = try await served.send("DELETE \(path)/usr_ada", as: ada)
            #expect(last.status == 409)
            #expect(last.text.contains(#""code":"last_publisher""#))
        }
    }

    @Test func `versions can be pushed, read and installed`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let path = "/api/entities/\(try await served.entity(by: ada))"
            let digest = String(repeating: "a", count: 64)
            let body =
                #"{"version":"1.0.0+7","packageUrl":"https://x.example/p","sha256":"\#(digest)"}"#
            let pushed = try await served.send("POST \(path)/versions", body, as: ada)
            #expect(pushed.status == 201)
            #expect(pushed.field("location") == "\(path)/versions/1.0.0+7")
            #expect(try await served.send("POST \(path)/versions", body, as: ada).status == 409)
            for version in ["1.0.0+7", "1.0.0%2B7"] {
                let found = try await served.send("GET \(path)/versions/\(version)", as: ada)
                #expect(found.text == pushed.text)
            }
            let install = "PUT \(path)/installation"
            #expect(try await served.send(install, as: ada).status == 201)
            let again = try await served.send(install, #"{"version":"1.0.0+7"}"#, as: ada)
            #expect(again.status == 200)
            #expect(again.text.contains(#""usable":true,"version":"1.0.0+7"}"#))
            let wrong = try await served.send(install, #"{"version":"2.0.0"}"#, as: ada)
            #expect(wrong.status == 422)
            let list = try await served.send("GET /api/installations", as: ada)
            #expect(list.text.hasSuffix(#""total":1}"#))
            let access = try await served.send("GET \(path)/access", as: ada)
            let detail = "Publisher since \(Self.time)."
            #expect(
                access.text == #"""
                    {"granted":true,"paths":[{"detail":"\#(detail)","grantId":null,\#
                    "grantedAt":"\#(Self.time)","grantedBy":"usr_ada","via":"publisher"}],\#
                    "via":"publisher"}
                    """#)
        }
    }

    @Test func `people are listed in pages with an opaque cursor`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let path = "/api/entities/\(try await served.entity(by: ada))"
            for name in ["bob", "cyd"] {
                _ = served.user(name)
                try await served.done(
                    "POST \(path)/shares", #"{"emails":["\#(name)@example.com"]}"#, ada)
            }
            let first = try await served.send("GET \(path)/people?pageSize=2", as: ada)
            let people = first.json?["items"]?.items ?? []
            #expect(people.map { $0["user"]?["username"]?.string } == ["ada", "bob"])
            #expect(people.map { $0["via"]?.string } == ["publisher", "direct_share"])
            #expect(first.json?["everyone"] == .bool(false))
            let next = try #require(first.json?["next"]?.string)
            let second = try await served.send(
                "GET \(path)/people?pageSize=2&cursor=\(next)", as: ada)
            #expect(second.json?["items"]?.items.count == 1 && second.json?["next"] == .null)
            let found = try await served.send(
                "GET \(path)/people?search=CYD&via=direct_share", as: ada)
            #expect(found.json?["items"]?[0]?["user"]?["username"]?.string == "cyd")
            for (query, parameter) in [
                ("cursor=abc", "cursor"), ("pageSize=0", "pageSize"), ("pageSize=101", "pageSize"),
                ("via=nobody", "via"), ("page=2", "page"),
            ] {
                let refused = try await served.send("GET \(path)/people?\(query)", as: ada)
                #expect(refused.status == 422, "\(refused.text)")
                let named = refused.json?["errors"]?[0]?["parameter"]?.string
                #expect(named == parameter, "\(refused.text)")
            }
        }
    }

    @Test func `revoking access returns what was removed and what remains`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let id = try await served.entity(by: ada)
            _ = served.user("bob")
            let shared = try await served.done(
                "POST /api/entities/\(id)/shares", #"{"emails":["bob@example.com"]}"#, ada)
            let share = try #require(shared.json?["created"]?[0]?["id"]?.string)
            let path = "DELETE /api/entities/\(id)/access/usr_bob"
            let revoked = try await served.send(path, as: ada)
            #expect(revoked.status == 200)
            #expect(revoked.json?["removed"]?[0]?["grantId"]?.string == share, "\(revoked.text)")
            #expect(revoked.json?["remaining"]?.items.isEmpty == true)
            let again = try await served.send(path, as: ada)
            #expect(again.text == #"{"remaining":[],"removed":[]}"#)
        }
    }

    @Test(arguments: [
        ("GET /api/entities?type=robot", nil, "/type"),
        ("GET /api/entities?pageSize=101", nil, "/pageSize"),
        ("GET /api/entities/shares?type=", nil, "/type"),
        ("POST /api/entities", #"{"type":"app"}"#, "/name"),
        ("POST /api/entities", #"{"name":"x","type":7}"#, "/type"),
        ("POST /api/access/check", #"{"checks":[]}"#, "/checks"),
    ])
    func `validation errors point to the invalid member`(
        request: String, body: String?, pointer: String
    ) async throws {
        try await ServedEntities.run { served in
            let answer = try await served.send(request, body, as: served.user("ada"))
            #expect(answer.status == 422)
            #expect(answer.pointers == [pointer])
        }
    }

    @Test func `only services can report a deleted user, whose entities change owner once`()
        async throws
    {
        try await ServedEntities.run { served in
            let (ada, root) = (served.user("ada"), served.user("root"))
            let id = try await served.entity(by: ada)
            func event(_ type: String) -> String {
                let data = #"{\"userId\":\"usr_ada\",\"deletedBy\":\"usr_root\"}"#
                return #"{"id":"evt_1","type":"\#(type)","at":"\#(Self.time)","data":"\#(data)"}"#
            }
            let path = "POST /internal/events"
            #expect(try await served.sendAsService(path, event("x.y")).text.contains("false"))
            let first = try await served.sendAsService(path, event("user.deleted"))
            #expect(first.text == #"{"applied":true}"#)
            let second = try await served.sendAsService(path, event("user.deleted"))
            #expect(second.text == #"{"applied":false}"#)
            let found = try await served.send("GET /api/entities/\(id)", as: root)
            #expect(found.text.contains(#""ownerId":"usr_root""#))
            let forged = try await served.send(path, event("user.deleted"), as: ada)
            #expect(forged.status == 401)
        }
    }
}
