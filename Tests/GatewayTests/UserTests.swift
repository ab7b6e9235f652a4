import GatewayContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

@Suite struct UserTests {
    private func create(
        _ world: GatewayWorld, _ name: String, email: String? = nil, display: String = "Someone",
        token: String = adminToken
    ) async throws -> RawResponse {
        let body = """
            {"email": "\(email ?? name + "@example.com")", "username": "\(name)",
             "displayName": "\(display)"}
            """
        return try await world.api.call("POST", "/api/users", token: token, body: body)
    }

    private func patch(_ world: GatewayWorld, _ id: String, _ body: String) async throws
        -> RawResponse
    {
        try await world.api.call("PATCH", "/api/users/\(id)", token: adminToken, body: body)
    }

    @Test func `a new user has exactly the fields of the contract`() async throws {
        try await withGateway { world in
            let answer = try await create(
                world, "ann", email: "  Ann@Example.COM ", display: " Änn ")
            #expect(answer.status == 201)
            #expect(
                answer.json?.names == [
                    "createdAt", "displayName", "email", "emailNotifications", "externalId", "id",
                    "locale", "managedBy",
                    "role", "suspended", "username",
                ])
            #expect(answer["email"] == "ann@example.com" && answer["displayName"] == "Änn")
            #expect(answer["role"] == "member" && answer["createdAt"] == "2026-01-15T09:00:00.000Z")
            let id = try #require(answer["id"])
            #expect(IDMinter.isWellFormed(id, prefix: "usr_"))
            #expect(answer.field("location") == "/api/users/\(id)")
            let read = try await world.api.call("GET", "/api/users/\(id)", token: adminToken)
            #expect(read.json == answer.json)
        }
    }

    @Test func `members that the caller can't set are ignored`() async throws {
        try await withGateway { world in
            let body = """
                {"email": "a@example.com", "username": "a", "displayName": "A", "id": "usr_1",
                 "createdAt": "2000-01-01T00:00:00.000Z"}
                """
            let answer = try await world.api.call(
                "POST", "/api/users", token: adminToken, body: body)
            #expect(answer.status == 201 && answer["id"] != "usr_1")
            #expect(answer["createdAt"] == "2026-01-15T09:00:00.000Z")
        }
    }

    @Test func `all invalid fields are reported together`() async throws {
        try await withGateway { world in
            let answer = try await create(world, "Not OK", email: "nobody", display: "  ")
            #expect(answer.status == 422 && answer.code == "validation_failed")
            #expect(answer.pointers == ["/email", "/username", "/displayName"])
            let missing = try await world.api.call(
                "POST", "/api/users", token: adminToken, body: "{}")
            #expect(
                missing.status == 422
                    && missing.pointers == ["/email", "/username", "/displayName"])
        }
    }

    @Test func `an unknown role is 422 without internal type names`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let answer = try await patch(world, ann.id, #"{"role": "emperor"}"#)
            #expect(answer.status == 422 && answer.pointers == ["/role"])
            #expect(!answer.text.contains("Role") && !answer.text.contains("emperor"))
        }
    }

    @Test func `a taken address or username is a conflict`() async throws {
        try await withGateway { world in
            _ = try await world.user("ann")
            let email = try await create(world, "other", email: "ANN@example.com")
            #expect(email.status == 409 && email.code == "email_taken")
            let name = try await create(world, "ann", email: "other@example.com")
            #expect(name.status == 409 && name.code == "username_taken")
            let bob = try await world.user("bob")
            let change = try await patch(world, bob.id, #"{"email": "ann@example.com"}"#)
            #expect(change.status == 409 && change.code == "email_taken")
            let own = try await patch(world, bob.id, #"{"email": "BOB@example.com"}"#)
            #expect(own.status == 200)
        }
    }

    @Test func `of twenty concurrent creations of one address one succeeds`() async throws {
        try await withGateway { world in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await create(world, "racer\(number)", email: "race@example.com").status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 1 && statuses.count { $0 == 409 } == 19)
        }
    }

    @Test func `an update keeps members that are left out`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let answer = try await patch(
                world, ann.id, #"{"displayName": "Ann B."}"#)
            #expect(answer.status == 200 && answer["displayName"] == "Ann B.")
            #expect(answer["username"] == "ann" && answer["email"] == "ann@example.com")
            #expect(try await patch(world, ann.id, "{}").json == answer.json)
            let wrong = try await patch(world, ann.id, #"{"email": "x", "displayName": ""}"#)
            #expect(wrong.pointers == ["/email", "/displayName"])
            let cleared = try await patch(world, ann.id, #"{"username": null}"#)
            #expect(cleared.status == 422 && cleared.pointers == ["/username"])
            #expect(try await patch(world, "usr_x", "{}").status == 404)
        }
    }

    @Test func `a demotion takes effect at the next request`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann", role: "admin")
            #expect(try await create(world, "one", token: ann.token).status == 201)
            #expect(try await patch(world, ann.id, #"{"role": "member"}"#).status == 200)
            for number in 0..<8 {
                #expect(try await create(world, "two\(number)", token: ann.token).status == 403)
            }
        }
    }

    @Test func `deleting a user revokes their tokens at once and frees the username`() async throws
    {
        try await withGateway { world in
            let ann = try await world.user("ann")
            #expect(try await world.api.call("GET", "/api/me", token: ann.token).status == 200)
            let path = "/api/users/\(ann.id)"
            let answer = try await world.api.call("DELETE", path, token: adminToken)
            #expect(answer.status == 204 && answer.body.isEmpty)
            for _ in 0..<8 {
                #expect(try await world.api.call("GET", "/api/me", token: ann.token).status == 401)
            }
            #expect(try await world.api.call("DELETE", path, token: adminToken).status == 404)
            #expect(try await world.api.call("GET", path, token: adminToken).status == 404)
            #expect(try await create(world, "ann").status == 201)
        }
    }

    @Test func `routes with a body require JSON`() async throws {
        try await withGateway { world in
            let text = ["Content-Type: text/plain"]
            let answer = try await world.api.call(
                "POST", "/api/users", token: adminToken, body: "{}", fields: text)
            #expect(answer.status == 415)
            let malformed = try await world.api.call(
                "POST", "/api/users", token: adminToken, body: "{")
            #expect(malformed.status == 400 && malformed.code == "malformed_json")
        }
    }
}

@Suite struct LastAdminTests {
    private func admins(_ world: GatewayWorld) throws -> Int {
        try world.service.database.read { db in
            try db.row("SELECT count(*) FROM users WHERE role = 'admin'") { Int($0.int(0)) } ?? 0
        }
    }

    private func rootId(_ world: GatewayWorld) async throws -> String {
        try #require(try await world.api.call("GET", "/api/me", token: adminToken)["id"])
    }

    @Test func `the last admin can be neither demoted nor deleted`() async throws {
        try await withGateway { world in
            let path = "/api/users/\(try await rootId(world))"
            let demoted = try await world.api.call(
                "PATCH", path, token: adminToken, body: #"{"role": "member"}"#)
            #expect(demoted.status == 409 && demoted.code == "last_admin")
            let deleted = try await world.api.call("DELETE", path, token: adminToken)
            #expect(deleted.status == 409 && deleted.code == "cannot_delete_self")
            #expect(
                try await world.api.call("GET", "/api/me", token: adminToken)["role"] == "admin")
        }
    }

    @Test func `of two admins who demote each other at once, one remains`() async throws {
        try await withGateway { world in
            let root = try await rootId(world)
            for round in 0..<10 {
                let other = try await world.user("rival\(round)", role: "admin")
                async let first = world.api.call(
                    "PATCH", "/api/users/\(other.id)", token: adminToken,
                    body: #"{"role": "member"}"#)
                async let second = world.api.call(
                    "PATCH", "/api/users/\(root)", token: other.token, body: #"{"role": "member"}"#)
                _ = try await (first, second)
                #expect(try admins(world) == 1)
                // Root is an admin again for the next round.
                if try await world.api.call("GET", "/api/users", token: adminToken).status == 403 {
                    let back = try await world.api.call(
                        "PATCH", "/api/users/\(root)", token: other.token,
                        body: #"{"role": "admin"}"#)
                    #expect(back.status == 200)
                    _ = try await world.api.call(
                        "DELETE", "/api/users/\(other.id)", token: adminToken)
                }
            }
        }
    }

    @Test func `of two admins who delete each other at once, one remains`() async throws {
        for _ in 0..<5 {
            try await withGateway { world in
                let root = try await rootId(world)
                let other = try await world.user("rival", role: "admin")
                async let first = world.api.call(
                    "DELETE", "/api/users/\(other.id)", token: adminToken)
                async let second = world.api.call(
                    "DELETE", "/api/users/\(root)", token: other.token)
                let statuses = try await [first.status, second.status]
                #expect(statuses.contains(204) && Set(statuses).count == 2)
                #expect(try admins(world) == 1)
            }
        }
    }
}
