import FoundationEssentials
import GatewayContract
import Kernel
import SCIM
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// A provider, as its program sees the gateway.
struct SCIMClient: Sendable {
    let world: GatewayWorld
    var token = adminToken

    func send(
        _ method: String, _ path: String, _ body: String? = nil, fields: [String] = []
    ) async throws -> RawResponse {
        let type = body == nil ? [] : ["Content-Type: application/scim+json"]
        return try await world.api.call(
            method, "/scim/v2" + path, token: token, body: body, fields: type + fields)
    }

    /// The id of a new user.
    func create(_ userName: String, _ more: String = "") async throws -> String {
        let made = try await send("POST", "/Users", #"{"userName":"\#(userName)"\#(more)}"#)
        return try #require(made["id"], "\(made.text)")
    }

    func patch(
        _ id: String, _ operations: String, fields: [String] = []
    ) async throws -> RawResponse {
        try await send(
            "PATCH", "/Users/\(id)",
            #"{"schemas":["\#(SCIMURN.patch)"],"Operations":[\#(operations)]}"#, fields: fields)
    }

    /// The user names that a filter finds.
    func find(_ filter: String) async throws -> [String] {
        let escaped = filter.replacing("%", with: "%25").replacing("\"", with: "%22")
            .replacing(" ", with: "%20").replacing("+", with: "%2B")
            .replacing("[", with: "%5B").replacing("]", with: "%5D")
        let found = try await send("GET", "/Users?filter=\(escaped)")
        #expect(found.status == 200, "\(found.text)")
        return (found.json?["Resources"]?.items ?? []).compactMap { $0["userName"]?.string }
    }
}

extension RawResponse {
    /// The cause that SCIM names.
    var scimType: String? { json?["scimType"]?.string }
}

@Suite struct SCIMUserTests {
    private let ada = """
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",
         "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
         "externalId":"00uA","userName":"Ada@Example.com",
         "name":{"givenName":"Ada","familyName":"Lovelace"},
         "emails":[{"primary":true,"value":"Ada@Example.com","type":"work"},
          {"value":"ada@home.example","type":"home"}],
         "phoneNumbers":[],"locale":"en-US","groups":[],"active":true,
         "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"x"}}
        """

    @Test func `a provider creates a user, who has an account with what it says`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let made = try await client.send("POST", "/Users", ada)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.field("content-type") == "application/scim+json")
            let id = try #require(made["id"])
            #expect(made.field("location") == "/scim/v2/Users/\(id)")
            #expect(made.json?["meta"]?["version"]?.string == made.field("etag"))
            #expect(made.field("etag")?.hasPrefix("W/\"") == true)
            #expect(made["userName"] == "Ada@Example.com")
            #expect(made.json?["emails"]?.items.count == 2)
            #expect(made.json?["active"] == .bool(true))
            #expect(made.json?["displayName"] == nil && made.json?["phoneNumbers"] == nil)
            let user = try await world.api.call("GET", "/api/users/\(id)", token: adminToken)
            #expect(user["email"] == "ada@example.com" && user["username"] == "ada")
            #expect(user["displayName"] == "Ada Lovelace" && user["externalId"] == "00uA")
            #expect(user["managedBy"] == "scim")
            let again = try await client.send("GET", "/Users/\(id)")
            #expect(again.json == made.json)
            let root = try await world.api.call("GET", "/api/me", token: adminToken)["id"]
            let entries = try world.service.database.read {
                try $0.rows("SELECT subject_id, actor_id FROM audit ORDER BY id") {
                    ($0.text(0), $0.textOrNil(1))
                }
            }
            let actors = entries.filter { $0.0 == id }.map(\.1)
            #expect(actors == [root])
        }
    }

    @Test func `what another user has is 409, also for users whom people made`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            _ = try await world.user("grace")
            _ = try await client.send("POST", "/Users", ada)
            let taken = [
                #"{"userName":"ADA@example.com","emails":[{"value":"other@example.com"}]}"#,
                #"{"userName":"x","emails":[{"value":"ada@example.com"}]}"#,
                #"{"userName":"y@example.com","externalId":"00uA"}"#,
                #"{"userName":"grace@example.com"}"#,
                #"{"userName":"g","emails":[{"value":"GRACE@example.com"}]}"#,
            ]
            let before = try world.rows()
            for body in taken {
                let refused = try await client.send("POST", "/Users", body)
                #expect(refused.status == 409 && refused.scimType == "uniqueness", "\(body)")
                #expect(refused.json?["schemas"]?.items.first?.string == SCIMURN.error)
                #expect(refused.json?["status"]?.string == "409")
            }
            #expect(try world.rows() == before)
        }
    }

    @Test func `of users created at once with one name, one is`() async throws {
        try await withGateway(loops: 4) { world in
            let client = SCIMClient(world: world)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    let body = """
                        {"userName":"\(number % 2 == 0 ? "race" : "RACE")",
                         "emails":[{"value":"race\(number)@example.com"}]}
                        """
                    group.addTask { try await client.send("POST", "/Users", body).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }.sorted()
            }
            #expect(statuses == [201] + Array(repeating: 409, count: 7))
        }
    }

    @Test func `a user whom people made is found by address, and managed once it is changed`()
        async throws
    {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let grace = try await world.user("grace")
            _ = try await world.api.call(
                "PATCH", "/api/users/\(grace.id)", token: adminToken,
                body: #"{"externalId":"crm/grace"}"#)
            #expect(try await client.find(#"userName eq "Grace@Example.com""#).count == 1)
            #expect(
                try await client.find(#"emails[type eq "work"].value eq "grace@example.com""#)
                    == ["grace@example.com"])
            let linked = try await client.send(
                "PUT", "/Users/\(grace.id)",
                #"{"userName":"ghopper","displayName":"Grace Hopper","#
                    + #""emails":[{"value":"grace@example.com"}]}"#)
            #expect(linked.status == 200, "\(linked.text)")
            // What the provider doesn't name when it begins is not taken away.
            #expect(linked["externalId"] == "crm/grace")
            #expect(try await client.find(#"userName eq "grace@example.com""#).isEmpty)
            #expect(try await client.find(#"userName eq "GHOPPER""#) == ["ghopper"])
            let user = try await world.api.call("GET", "/api/users/\(grace.id)", token: adminToken)
            #expect(user["managedBy"] == "scim" && user["displayName"] == "Grace Hopper")
            #expect(user["username"] == "grace")
            // From then on it takes away what it leaves out.
            let bare = try await client.send(
                "PUT", "/Users/\(grace.id)",
                #"{"userName":"ghopper","emails":[{"value":"grace@example.com"}]}"#)
            #expect(bare["externalId"] == nil && bare["displayName"] == nil)
        }
    }

    @Test func `people can't change what SCIM manages, until that is ended`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let id = try await client.create("ada@example.com", #","displayName":"Ada""#)
            func change(_ body: String) async throws -> RawResponse {
                try await world.api.call(
                    "PATCH", "/api/users/\(id)", token: adminToken, body: body)
            }
            for body in [
                #"{"email":"other@example.com"}"#, #"{"displayName":"Other"}"#,
                #"{"externalId":"x"}"#, #"{"suspended":true}"#,
            ] {
                let refused = try await change(body)
                #expect(refused.status == 409 && refused.code == "managed_by_scim", "\(body)")
            }
            let same = try await change(
                #"{"email":"ada@example.com","displayName":"Ada","managedBy":"scim"}"#)
            #expect(same.status == 200)
            #expect(try await change(#"{"username":"countess"}"#).status == 200)
            let released = try await change(#"{"managedBy":null,"displayName":"Other"}"#)
            #expect(released.status == 200 && released.json?["managedBy"] == .null)
            #expect(released["displayName"] == "Other")
            let shown = try await client.send("GET", "/Users/\(id)")
            #expect(shown["userName"] == "ada@example.com" && shown["displayName"] == "Other")
        }
    }

    @Test func `a user who is not active is suspended at once, and is still listed`() async throws {
        try await withGateway(loops: 4) { world in
            let client = SCIMClient(world: world)
            let id = try await client.create("ada@example.com")
            let account = try await world.token(of: id)
            func me() async throws -> RawResponse {
                try await world.api.call("GET", "/api/me", token: account.token)
            }
            for _ in 0..<8 { #expect(try await me().status == 200) }
            let off = try await client.patch(
                id, #"{"op":"Replace","path":"active","value":"False"}"#)
            #expect(off.status == 200 && off.json?["active"] == .bool(false), "\(off.text)")
            for _ in 0..<8 { #expect(try await me().code == "user_suspended") }
            #expect(try await client.find("active eq false") == ["ada@example.com"])
            let on = try await client.patch(id, #"{"op":"replace","value":{"active":true}}"#)
            #expect(on.json?["active"] == .bool(true))
            #expect(try await me().status == 200)
            let actions = try world.actions()
            #expect(actions.filter { $0 == "user.suspended" || $0 == "user.restored" }.count == 2)
            let born = try await client.create("new@example.com", #","active":false"#)
            let user = try await world.api.call("GET", "/api/users/\(born)", token: adminToken)
            #expect(user.json?["suspended"] == .bool(true))
            let removed = try await client.patch(id, #"{"op":"remove","path":"active"}"#)
            #expect(removed.status == 200 && removed.json?["active"] == nil)
            #expect(try await me().status == 200)
        }
    }

    @Test func `a platform admin can be suspended, but not taken over or deleted`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let boss = try await world.user("boss", role: "admin")
            let root = try #require(
                try await world.api.call("GET", "/api/me", token: adminToken)["id"])
            let taken = try await client.patch(
                boss.id,
                #"{"op":"replace","path":"emails[primary eq true].value","#
                    + #""value":"me@evil.example"}"#
            )
            #expect(taken.status == 403, "\(taken.text)")
            #expect(try await client.send("DELETE", "/Users/\(boss.id)").status == 403)
            let off = #"{"op":"replace","path":"active","value":false}"#
            #expect(try await client.patch(boss.id, off).status == 200)
            #expect(try await client.patch(root, off).status == 409)
        }
    }

    @Test func `a deleted user is gone, with an event for all`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let id = try await client.create("ada@example.com")
            #expect(try await client.send("DELETE", "/Users/\(id)").status == 204)
            let gone = try await client.send("GET", "/Users/\(id)")
            #expect(gone.status == 404 && gone.field("content-type") == "application/scim+json")
            #expect(try await client.send("DELETE", "/Users/\(id)").status == 404)
            #expect(try world.actions().last == "user.deleted")
            #expect(try await client.send("POST", "/Users", ada).status == 201)
        }
    }

    @Test func `conditions compare weak tags`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let id = try await client.create("ada@example.com")
            let tag = try #require(try await client.send("GET", "/Users/\(id)").field("etag"))
            let known = try await client.send(
                "GET", "/Users/\(id)?attributes=userName", fields: ["If-None-Match: \(tag)"])
            #expect(known.status == 304)
            let change = #"{"op":"add","path":"displayName","value":"Ada"}"#
            let changed = try await client.patch(id, change, fields: ["If-Match: \(tag)"])
            #expect(changed.status == 200 && changed.field("etag") != tag)
            let stale = try await client.patch(id, change, fields: ["If-Match: \(tag)"])
            #expect(stale.status == 412)
            #expect(
                try await client.send(
                    "DELETE", "/Users/\(id)", fields: ["If-Match: \(tag)"]
                ).status == 412)
            let current = try #require(changed.field("etag"))
            #expect(
                try await client.send(
                    "DELETE", "/Users/\(id)", fields: ["If-Match: \(current)"]
                ).status == 204)
        }
    }

    /// What is compared in the transaction is read from JSON, in another order each time.
    @Test func `a condition on a user with many attributes holds at once`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let id = try await client.create("ada@example.com")
            let name = """
                {"op":"add","path":"name","value":{"formatted":"Ada King","familyName":"King",
                 "givenName":"Ada","middleName":"B","honorificPrefix":"Lady"}}
                """
            let named = try await client.patch(id, name)
            var tag = try #require(named.field("etag"))
            for number in 0..<20 {
                let change = #"{"op":"add","path":"displayName","value":"Ada \#(number)"}"#
                let changed = try await client.patch(id, change, fields: ["If-Match: \(tag)"])
                #expect(changed.status == 200, "\(changed.text)")
                tag = try #require(changed.field("etag"))
            }
        }
    }
}
