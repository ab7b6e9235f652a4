import Contract
import EntitiesContract
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Entities

@Suite struct ExternalIDTests {
    @Test func `entities have external ids`() async throws {
        try await ServedEntities.run { served in
            try await ExternalIDTrial(
                served, "/api/entities", members: #","type":"app""#, audit: "entityId"
            ).run()
        }
    }

    @Test func `deleting an entity with much to delete frees its external id at once`() async throws
    {
        try await ServedEntities.run(["LATCHKEY_SHARE_LIMIT": "100000"]) { served in
            let root = served.user("root", isAdmin: true)
            let body = #"{"name":"A","type":"app","externalId":"x"}"#
            let made = try await served.send("POST /api/entities", body, as: root)
            let id = try #require(made["id"])
            try await served.service.database.write { tx in
                for number in 0..<3_000 {
                    try ShareStore.insert(
                        Share(
                            id: "shr_\(number)", entityId: id, userId: "usr_\(number)",
                            createdBy: root.userId, createdAt: tx.now), in: tx)
                }
            }
            #expect(try await served.send("DELETE /api/entities/ext:x", as: root).status == 204)
            #expect(try await served.send("POST /api/entities", body, as: root).status == 201)
        }
    }

    @Test func `an organization is named by its external id, which its context knows`() async throws
    {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let acme = "org_01M7YT9ZP3Q4S5T6V7W8X9Y0Z1"
            served.organizations.set {
                $0.members = [acme: [ada.userId]]
                $0.externalIds = ["acme/1": acme]
            }
            func create(_ name: String) async throws -> RawResponse {
                try await served.send(
                    "POST /api/entities",
                    #"{"name":"A","type":"app","organizationId":"ext:\#(name)"}"#, as: ada)
            }
            #expect(try await create(#"acme\/1"#)["organizationId"] == acme)
            let unknown = try await create("other")
            #expect(unknown.status == 422 && unknown.pointers == ["/organizationId"])
        }
    }

    @Test func `checks name entities by external ids and don't reveal those that are hidden`()
        async throws
    {
        try await ServedEntities.run { served in
            let root = served.user("root", isAdmin: true)
            let ada = served.user("ada")
            let bob = served.user("bob", scopes: [])
            let acting = Caller(userId: ada.userId, tokenId: "tok_9", actingId: root.userId)
            let made = try await served.send(
                "POST /api/entities", #"{"name":"A","type":"app","externalId":"x"}"#, as: acting)
            let id = try #require(made["id"])
            func check(_ name: String, by caller: Caller) async throws -> JSONValue? {
                let checked = try await served.send(
                    "POST /api/access/check", #"{"checks":[{"entityId":"\#(name)"}]}"#, as: caller)
                #expect(checked.status == 200)
                return checked.json?["results"]?[0]
            }
            let granted = try await check("ext:x", by: ada)
            #expect(granted?["granted"] == .bool(true) && granted?["entityId"]?.string == id)
            let hidden = try await check("ext:x", by: bob)
            let missing = try await check("ext:n", by: bob)
            #expect(hidden?["entityId"]?.string == "ext:x" && hidden?["granted"] == .bool(false))
            #expect(missing?["entityId"]?.string == "ext:n" && missing?.names == hidden?.names)
            #expect(try await check("ext:x", by: root)?["entityId"]?.string == id)
        }
    }

    @Test func `parts of an entity are reached by its external id, and nothing else counts as one`()
        async throws
    {
        try await ServedEntities.run { served in
            let root = served.user("root", isAdmin: true)
            _ = try await served.send(
                "POST /api/entities", #"{"name":"A","type":"app","externalId":"x"}"#, as: root)
            for part in ["publishers", "shares", "versions", "access", "publishers/me"] {
                let answer = try await served.send("GET /api/entities/ext:x/\(part)", as: root)
                #expect(answer.status == 200, "\(part)")
            }
            #expect(try await served.send("GET /api/entities/x", as: root).status == 404)
            #expect(try await served.send("GET /api/entities/ext:", as: root).status == 404)
            let strange = try await served.send(
                "DELETE /api/entities/ext:x/publishers/ext:nobody", as: root)
            #expect(strange.status == 404)
            let list = try await served.send(
                "GET /api/entities/ext:x/publishers?pageSize=1", as: root)
            #expect(
                list.field("link")?.contains("/api/entities/ext:x/publishers?") == true)
        }
    }

    @Test func `the path that the client sent the gateway is repeated`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let id = try await served.entity(by: ada)
            let asked = ["Latchkey-Target: /api/entities/\(id)/publishers/ext:bob?page=1"]
            let missing = try await served.send(
                "DELETE /api/entities/\(id)/publishers/usr_1", as: ada, fields: asked)
            #expect(missing["instance"] == "/api/entities/\(id)/publishers/ext:bob")
            let list = try await served.send(
                "GET /api/audit?entityId=\(id)&actorId=usr_1", as: ada,
                fields: ["Latchkey-Target: /api/audit?entityId=\(id)&actorId=ext:bob"])
            #expect(list.field("link")?.contains("actorId=ext:bob") == true)
            #expect(list.field("link")?.contains("usr_1") == false)
        }
    }
}
