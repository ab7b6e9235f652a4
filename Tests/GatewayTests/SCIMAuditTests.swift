import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// What a provider does leaves traces, and does no harm when it is done twice.
@Suite struct SCIMAuditTests {
    private struct Entry {
        let action: String
        let before: String
        let after: String
    }

    /// The audit's entries of a user, and how many events there were.
    private func entries(of id: String, in world: GatewayWorld) throws -> ([Entry], Int) {
        try world.service.database.read { db in
            let entries = try db.rows(
                """
                SELECT action, coalesce(before, ''), coalesce(after, '') FROM audit
                WHERE subject_id = ?1 ORDER BY id
                """, .text(id)
            ) { Entry(action: $0.text(0), before: $0.text(1), after: $0.text(2)) }
            let events = try db.rows("SELECT count(*) FROM event_outbox") { Int($0.int(0)) }
            return (entries, events[0])
        }
    }

    @Test func `every change that a provider makes is an audit entry and an event`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let id = try await client.create(
                "ada@example.com", #","emails":[{"value":"ada@example.com"}]"#)
            func replace(_ path: String, _ value: String) -> String {
                #"{"op":"replace","path":"\#(path)","value":\#(value)}"#
            }
            let changes = [
                (replace("userName", #""alovelace""#), #""scimUserName":"alovelace""#),
                (replace("name.givenName", #""Augusta""#), "Augusta"),
                (replace("name.familyName", #""King""#), "King"),
                (#"{"op":"add","path":"emails","value":[{"value":"a@home.example"}]}"#, "a@home"),
                (replace("displayName", #""Countess""#), #""displayName":"Countess""#),
                (replace("externalId", #""00u""#), #""externalId":"00u""#),
            ]
            for (change, trace) in changes {
                let (before, events) = try entries(of: id, in: world)
                let done = try await client.patch(id, change)
                #expect(done.status == 200, "\(done.text)")
                let (after, more) = try entries(of: id, in: world)
                let entry = try #require(after.last)
                #expect(after.count == before.count + 1 && more == events + 1, "\(change)")
                #expect(entry.action == "user.updated")
                #expect(entry.after.contains(trace) && !entry.before.contains(trace), "\(change)")
                // The same again changes nothing.
                _ = try await client.patch(id, change)
                #expect(try entries(of: id, in: world).1 == more, "\(change)")
            }
        }
    }

    @Test func `what a provider repeats changes nothing, whatever the order of its members`()
        async throws
    {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let body = """
                {"userName":"ada@example.com","displayName":"Ada","externalId":"00u",
                 "name":{"givenName":"Ada","familyName":"King","middleName":"B","formatted":"A"},
                 "emails":[{"value":"ada@example.com","type":"work","primary":true,"display":"A"},
                           {"value":"a@home.example","type":"home","display":"B"}]}
                """
            let other = """
                {"emails":[{"display":"A","primary":true,"type":"work","value":"ada@example.com"},
                           {"type":"home","display":"B","value":"a@home.example"}],
                 "name":{"formatted":"A","middleName":"B","familyName":"King","givenName":"Ada"},
                 "externalId":"00u","displayName":"Ada","userName":"ada@example.com"}
                """
            let made = try await client.send("POST", "/Users", body)
            let (id, tag) = (try #require(made["id"]), try #require(made.field("etag")))
            let (_, events) = try entries(of: id, in: world)
            let before = try world.rows()
            for count in 0..<30 {
                let same = try await client.send(
                    "PUT", "/Users/\(id)", count.isMultiple(of: 2) ? body : other,
                    fields: count.isMultiple(of: 3) ? ["If-Match: \(tag)"] : [])
                #expect(same.status == 200 && same.field("etag") == tag, "\(same.text)")
            }
            #expect(try world.rows() == before)
            #expect(try entries(of: id, in: world).1 == events)
            let gone = try await client.send("DELETE", "/Users/\(id)", fields: ["If-Match: *"])
            #expect(gone.status == 204)
        }
    }

    @Test func `entries about a managed user have what SCIM has, until that is ended`()
        async throws
    {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let id = try await client.create("ada@example.com")
            for body in [#"{"username":"countess"}"#, #"{"managedBy":null}"#] {
                let done = try await world.api.call(
                    "PATCH", "/api/users/\(id)", token: adminToken, body: body)
                #expect(done.status == 200, "\(done.text)")
            }
            let other = try await client.create("eve@example.com")
            #expect(try await client.send("DELETE", "/Users/\(other)").status == 204)
            let name = #""scimUserName":"ada@example.com""#
            let (found, _) = try entries(of: id, in: world)
            #expect(found.map(\.action) == ["user.created", "user.updated", "user.updated"])
            #expect(found.map { $0.before.contains(name) } == [false, true, true])
            #expect(found.map { $0.after.contains(name) } == [true, true, false])
            let gone = try #require(try entries(of: other, in: world).0.last)
            #expect(gone.action == "user.deleted" && gone.before.contains("scimUserName"))
        }
    }

    @Test func `a repeated POST of a user with its key has one effect and one response`()
        async throws
    {
        try await withGateway(loops: 4) { world in
            let client = SCIMClient(world: world)
            let key = ["Idempotency-Key: one"]
            let body = #"{"userName":"ada@example.com"}"#
            let first = try await client.send("POST", "/Users", body, fields: key)
            #expect(first.status == 201 && first.field("idempotency-replayed") == nil)
            let again = try await client.send("POST", "/Users", body, fields: key)
            #expect(again.status == 201 && again.text == first.text)
            #expect(again.field("idempotency-replayed") == "true")
            #expect(again.field("etag") == first.field("etag"))
            #expect(again.field("location") == first.field("location"))
            #expect(try await client.find(#"userName eq "ada@example.com""#).count == 1)
            let other = try await client.send(
                "POST", "/Users", #"{"userName":"eve@example.com"}"#, fields: key)
            #expect(other.status == 400 && other.scimType == "invalidValue", "\(other.text)")
            #expect(try await client.send("POST", "/Users", body).status == 409)
        }
    }

    @Test func `where no response is stored, a key is refused and nothing is done`() async throws {
        let teams = Ports.next()
        try await withGateway(integrations: teams) { world in
            let client = SCIMClient(world: world)
            let before = try world.rows()
            let bulk =
                #"{"Operations":[{"method":"POST","path":"/Users","bulkId":"a","#
                + #""data":{"userName":"ada@example.com"}}]}"#
            for (path, body) in [("/Groups", #"{"displayName":"Team"}"#), ("/Bulk", bulk)] {
                let refused = try await client.send(
                    "POST", path, body, fields: ["Idempotency-Key: one"])
                #expect(refused.status == 400 && refused.scimType == "invalidValue")
                #expect(refused["detail"]?.contains("Idempotency-Key") == true, "\(refused.text)")
            }
            #expect(try world.rows() == before)
            // Repeated without one, what exists is 409.
            for statuses in [["201"], ["409"]] {
                let done = try await client.send("POST", "/Bulk", bulk)
                let found = done.json?["Operations"]?.items.compactMap { $0["status"]?.string }
                #expect(found == statuses, "\(done.text)")
            }
        }
    }
}
