import Kernel
import TestSupport
import Testing

@testable import Entities

/// The audit of who gave, changed and ended access.
@Suite struct AuditTests {
    /// The actions in an entity's audit, oldest first.
    private func actions(
        _ served: ServedEntities, _ id: String, as caller: Caller, _ query: String = ""
    ) async throws -> [JSONValue] {
        let answer = try await served.send(
            "GET /api/audit?entityId=\(id)&pageSize=100\(query)", as: caller)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json?["items"]?.items.reversed() ?? []
    }

    @Test func `every change of access leaves one entry with the values before and after`()
        async throws
    {
        try await ServedEntities.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = try await served.entity(by: ada)
            let path = "/api/entities/\(id)"
            func act(_ request: String, _ body: String? = nil, by caller: Caller) async throws
                -> RawResponse
            {
                served.clock.advance(seconds: 1)
                return try await served.send(request, body, as: caller)
            }
            let shared = try await act(
                "POST \(path)/shares", #"{"emails":["bob@example.com"]}"#, by: ada)
            let share = shared.json?["created"]?[0]?["id"]?.string ?? ""
            _ = try await act("DELETE \(path)/shares/\(share)", by: ada)
            _ = try await act("POST \(path)/publishers", #"{"userId":"usr_bob"}"#, by: ada)
            _ = try await act("POST \(path)/publishers", #"{"userId":"usr_bob"}"#, by: ada)
            _ = try await act("PATCH \(path)", #"{"name":"New"}"#, by: bob)
            _ = try await act("PATCH \(path)", #"{"name":"New"}"#, by: bob)
            _ = try await act("PUT \(path)/owner", #"{"userId":"usr_bob"}"#, by: ada)
            _ = try await act("DELETE \(path)/publishers/usr_ada", by: bob)
            // Refused: nothing is recorded.
            #expect(try await act("DELETE \(path)", by: ada).status == 404)
            let entries = try await actions(served, id, as: bob)
            #expect(
                entries.map { $0["action"]?.string } == [
                    "entity.created", "publisher.added", "share.created", "share.removed",
                    "publisher.added",
                    "entity.updated", "entity.owner_changed", "publisher.removed",
                ])
            #expect(
                entries.map { $0["actorId"]?.string } == [
                    "usr_ada", "usr_ada", "usr_ada", "usr_ada", "usr_ada", "usr_bob", "usr_ada",
                    "usr_bob",
                ])
            #expect(entries.allSatisfy { $0["requestId"]?.string == "r-1" })
            #expect(entries.allSatisfy { $0["tokenId"]?.string == "tok_1" })
            #expect(entries[2]["subject"]?["id"]?.string == share)
            #expect(entries[2]["before"] == .null)
            #expect(entries[2]["after"]?["userId"]?.string == "usr_bob")
            #expect(entries[3]["before"]?["userId"]?.string == "usr_bob")
            #expect(entries[3]["after"] == .null)
            #expect(entries[5]["before"]?["name"]?.string == "Deploy Bot")
            #expect(entries[5]["after"]?["name"]?.string == "New")
            #expect(entries[6]["before"]?["ownerId"]?.string == "usr_ada")
            #expect(entries[6]["after"]?["ownerId"]?.string == "usr_bob")
        }
    }

    @Test func `only publishers and platform admins can read the audit`() async throws {
        try await ServedEntities.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let root = Caller(userId: served.user("root").userId, isAdmin: true)
            let id = try await served.entity(by: ada)
            func status(_ caller: Caller?) async throws -> Int {
                try await served.send("GET /api/audit?entityId=\(id)", as: caller).status
            }
            #expect(try await status(ada) == 200)
            #expect(try await status(root) == 200)
            #expect(try await status(bob) == 404)
            #expect(try await status(nil) == 401)
            _ = try await served.send(
                "POST /api/entities/\(id)/shares", #"{"emails":["bob@example.com"]}"#, as: ada)
            #expect(try await status(bob) == 403)
            let readOnly = Caller(userId: ada.userId, scopes: [], readOnly: true)
            #expect(try await status(readOnly) == 200)
            _ = try await served.send("DELETE /api/entities/\(id)", as: ada)
            #expect(try await status(ada) == 404)
            // Everybody lost access.
            let entries = try await actions(served, id, as: root).suffix(3)
            #expect(
                Set(entries.map { $0["action"]?.string }) == [
                    "share.removed", "publisher.removed", "entity.deleted",
                ])
        }
    }

    @Test func `the audit is filtered by actor and time, in pages`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let id = try await served.entity(by: ada)
            for name in ["a", "b", "c"] {
                served.clock.advance(seconds: 60)
                _ = try await served.send(
                    "PATCH /api/entities/\(id)", #"{"name":"\#(name)"}"#, as: ada)
            }
            func count(_ query: String) async throws -> Int {
                try await actions(served, id, as: ada, query).count
            }
            #expect(try await count("") == 5)
            #expect(try await count("&actorId=usr_ada") == 5)
            #expect(try await count("&actorId=usr_bob") == 0)
            #expect(try await count("&from=2026-01-15T09:01:00.000Z") == 3)
            #expect(
                try await count("&from=2026-01-15T09:01:00Z&to=2026-01-15T09:03:00.000Z") == 2)
            let page = try await served.send(
                "GET /api/audit?entityId=\(id)&page=2&pageSize=3", as: ada)
            #expect(page.json?["total"]?.int == 5 && page.json?["items"]?.items.count == 2)
            for (query, pointer) in [
                ("from=yesterday", "/from"), ("to=1", "/to"), ("pageSize=0", "/pageSize"),
            ] {
                let wrong = try await served.send(
                    "GET /api/audit?entityId=\(id)&\(query)", as: ada)
                #expect(wrong.status == 422 && wrong.pointers == [pointer])
            }
            #expect(try await served.send("GET /api/audit", as: ada).pointers == ["/entityId"])
        }
    }

    @Test func `deleting a user records what they lose for each entity`() async throws {
        try await ServedEntities.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let root = Caller(userId: served.user("root").userId, isAdmin: true)
            let adas = try await served.entity(by: ada)
            let bobs = try await served.entity(by: bob)
            for (id, owner, guest) in [(adas, ada, "bob"), (bobs, bob, "ada")] {
                _ = try await served.send(
                    "POST /api/entities/\(id)/shares", #"{"emails":["\#(guest)@example.com"]}"#,
                    as: owner)
            }
            let data =
                #"{\"userId\":\"usr_ada\",\"deletedBy\":\"usr_root\",\"requestId\":\"r-9\"}"#
            let event =
                #"{"id":"evt_1","type":"user.deleted","at":"2026-01-15T09:00:00.000Z","#
                + #""data":"\#(data)"}"#
            let taken = try await served.sendAsService("POST /internal/events", event)
            #expect(taken.status == 200)
            let ofAdas = try await actions(served, adas, as: root).suffix(4)
            #expect(
                Set(ofAdas.map { $0["action"]?.string }) == [
                    "publisher.added", "entity.owner_changed", "publisher.removed",
                    "share.passed_on",
                ])
            #expect(ofAdas.allSatisfy { $0["actorId"]?.string == "usr_root" })
            #expect(ofAdas.allSatisfy { $0["requestId"]?.string == "r-9" })
            let ofBobs = try await actions(served, bobs, as: bob)
            #expect(ofBobs.last?["action"]?.string == "share.removed")
        }
    }
}
