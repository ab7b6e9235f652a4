import GatewayContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// What users choose for themselves: `PATCH /api/me`.
@Suite struct PreferencesTests {
    private func patch(
        _ world: GatewayWorld, _ token: String, _ body: String, fields: [String] = []
    ) async throws -> RawResponse {
        try await world.api.call("PATCH", "/api/me", token: token, body: body, fields: fields)
    }

    @Test func `users set their language and whether they get e-mails`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann", scopes: [])
            let before = try await world.api.call("GET", "/api/me", token: ann.token)
            #expect(before.json?["emailNotifications"] == .bool(true))
            #expect(before.json?["locale"] == .null)

            let changed = try await patch(
                world, ann.token, #"{"locale":"de-AT","emailNotifications":false}"#)
            #expect(changed.status == 200 && changed.field("etag") != nil)
            #expect(changed["locale"] == "de-AT" && changed["id"] == ann.id)
            #expect(changed.json?["emailNotifications"] == .bool(false))
            #expect(changed["tokenId"] == ann.tokenId)
            let after = try await world.api.call("GET", "/api/me", token: ann.token)
            #expect(after.json == changed.json)

            // What is left out stays, and null clears the language alone.
            let cleared = try await patch(world, ann.token, #"{"locale":null}"#)
            #expect(cleared.status == 200 && cleared.json?["locale"] == .null)
            #expect(cleared.json?["emailNotifications"] == .bool(false))
            let on = try await patch(world, ann.token, #"{"emailNotifications":true}"#)
            #expect(on.json?["emailNotifications"] == .bool(true))
        }
    }

    @Test func `all invalid preferences are reported together, and nothing changes`()
        async throws
    {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let wrong = try await patch(
                world, ann.token, #"{"locale":"x","emailNotifications":null}"#)
            #expect(wrong.status == 422)
            #expect(wrong.pointers == ["/locale", "/emailNotifications"])
            let typed = try await patch(world, ann.token, #"{"emailNotifications":"no"}"#)
            #expect(typed.status == 422 && typed.pointers == ["/emailNotifications"])
            let unknown = try await patch(world, ann.token, #"{"emailNotification":false}"#)
            #expect(unknown.status == 422 && unknown.text.contains("emailNotifications"))
            let me = try await world.api.call("GET", "/api/me", token: ann.token)
            #expect(me.json?["emailNotifications"] == .bool(true))
        }
    }

    @Test func `users change nothing else of their account, and no other user`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let bob = try await world.user("bob")
            // Members that only platform admins write can be sent back as they were read.
            let answer = try await patch(
                world, ann.token,
                """
                {"role":"admin","email":"x@example.com","username":"x","displayName":"X",
                 "externalId":"x","suspended":true,"id":"\(bob.id)","locale":"fr"}
                """)
            #expect(answer.status == 200 && answer["locale"] == "fr")
            #expect(answer["role"] == "member" && answer["email"] == "ann@example.com")
            #expect(answer["username"] == "ann" && answer["id"] == ann.id)
            #expect(answer.json?["suspended"] == .bool(false))
            #expect(answer.json?["externalId"] == .null)
            let other = try await world.api.call("GET", "/api/me", token: bob.token)
            #expect(other.json?["locale"] == .null)
        }
    }

    @Test func `conditions hold for preferences`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let read = try await world.api.call("GET", "/api/me", token: ann.token)
            let tag = try #require(read.field("etag"))
            let first = try await patch(
                world, ann.token, #"{"locale":"es"}"#, fields: ["If-Match: \(tag)"])
            #expect(first.status == 200)
            let second = try await patch(
                world, ann.token, #"{"locale":"fr"}"#, fields: ["If-Match: \(tag)"])
            #expect(second.status == 412)
            let third = try await patch(
                world, ann.token, #"{"locale":"fr"}"#,
                fields: ["If-Match: \(try #require(first.field("etag")))"])
            #expect(third.status == 200)
        }
    }

    @Test func `an admin's token that acts for a user changes that user's preferences`()
        async throws
    {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let admin = try await world.user("boss", role: "admin", scopes: ["users:act_as"])
            let answer = try await patch(
                world, admin.token, #"{"emailNotifications":false}"#,
                fields: ["Latchkey-User: \(ann.id)"])
            #expect(answer.status == 200 && answer["id"] == ann.id)
            #expect(answer["actingId"] == admin.id)
            let me = try await world.api.call("GET", "/api/me", token: ann.token)
            #expect(me.json?["emailNotifications"] == .bool(false))
        }
    }

    @Test func `platform admins see and set whether a user gets e-mails`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let path = "/api/users/\(ann.id)"
            let off = try await world.api.call(
                "PATCH", path, token: adminToken, body: #"{"emailNotifications":false}"#)
            #expect(off.status == 200 && off.json?["emailNotifications"] == .bool(false))
            let read = try await world.api.call("GET", path, token: adminToken)
            #expect(read.json?["emailNotifications"] == .bool(false))
            let wrong = try await world.api.call(
                "PATCH", path, token: adminToken, body: #"{"emailNotifications":null}"#)
            #expect(wrong.status == 422 && wrong.pointers == ["/emailNotifications"])
        }
    }

    @Test func `the choice about e-mails is on record, by whom`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            _ = try await patch(world, ann.token, #"{"emailNotifications":false}"#)
            _ = try await patch(world, ann.token, #"{"emailNotifications":false}"#)
            let entries = try world.service.database.read { db in
                try db.rows(
                    """
                    SELECT actor_id, token_id, before, after FROM audit
                    WHERE action = 'user.updated'
                    """
                ) { [$0.text(0), $0.text(1), $0.text(2), $0.text(3)] }
            }
            let entry = try #require(entries.first)
            #expect(entries.count == 1)
            #expect(entry[0] == ann.id && entry[1] == ann.tokenId)
            #expect(entry[2].contains(#""emailNotifications":true"#))
            #expect(entry[3].contains(#""emailNotifications":false"#))
        }
    }
}
