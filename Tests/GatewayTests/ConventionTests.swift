import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// Idempotency, entity tags and audit of the gateway's own users and tokens.
@Suite struct ConventionTests {
    private func user(_ name: String) -> String {
        #"{"email":"\#(name)@example.com","username":"\#(name)","displayName":"\#(name)"}"#
    }

    @Test func `repeating a token's creation returns the token without its secret`() async throws {
        try await withGateway { world in
            let body = #"{"name":"laptop","scopes":["entities:write"]}"#
            func create() async throws -> RawResponse {
                try await world.api.call(
                    "POST", "/api/tokens", token: adminToken, body: body,
                    fields: ["Idempotency-Key: k"])
            }
            let first = try await create()
            let secret = try #require(first["token"])
            let second = try await create()
            #expect(second.status == 201 && second["id"] == first["id"])
            #expect(second.field("idempotency-replayed") == "true")
            #expect(second.json?["token"] == nil)
            let list = try await world.api.call("GET", "/api/tokens", token: adminToken)
            #expect(list.json?["total"]?.int == 2)
            // It is not in the stored response.
            let kept = try world.service.database.read { db in
                try db.rows("SELECT fields || CAST(body AS TEXT) FROM stored_responses") {
                    $0.text(0)
                }
            }
            #expect(kept.count == 1 && !kept.joined().contains(secret))
        }
    }

    @Test func `repeating a user's creation creates one user`() async throws {
        try await withGateway { world in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await world.api.call(
                            "POST", "/api/users", token: adminToken, body: user("ann"),
                            fields: ["Idempotency-Key: ann"]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            // Without the key it would be 409 `email_taken`.
            #expect(statuses.allSatisfy { $0 == 201 || $0 == 409 } && statuses.contains(201))
            let again = try await world.api.call(
                "POST", "/api/users", token: adminToken, body: user("ann"),
                fields: ["Idempotency-Key: ann"])
            #expect(again.status == 201 && again.field("idempotency-replayed") == "true")
        }
    }

    @Test func `the second of two conflicting edits of a user is refused`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let path = "/api/users/\(ann.id)"
            let shown = try await world.api.call("GET", path, token: adminToken)
            let fields = ["If-Match: \(shown.field("etag") ?? "")"]
            let first = try await world.api.call(
                "PATCH", path, token: adminToken, body: #"{"displayName":"A"}"#, fields: fields)
            #expect(first.status == 200)
            for method in ["PATCH", "DELETE"] {
                let stale = try await world.api.call(
                    method, path, token: adminToken, body: #"{"displayName":"B"}"#, fields: fields)
                #expect(stale.status == 412 && stale.code == "precondition_failed")
            }
            let now = try await world.api.call(
                "GET", path, token: adminToken,
                fields: ["If-None-Match: \(first.field("etag") ?? "")"])
            #expect(now.status == 304)
            let me = try await world.api.call("GET", "/api/me", token: adminToken)
            let known = try await world.api.call(
                "GET", "/api/me", token: adminToken,
                fields: ["If-None-Match: \(me.field("etag") ?? "")"])
            #expect(known.status == 304)
        }
    }

    @Test func `changes of users and tokens are in the audit, for platform admins`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            _ = try await world.token(of: ann.id)
            let path = "/api/users/\(ann.id)"
            _ = try await world.api.call(
                "PATCH", path, token: adminToken, body: #"{"displayName":"Ann","locale":"fr"}"#)
            _ = try await world.api.call("PATCH", path, token: adminToken, body: "{}")
            _ = try await world.api.call(
                "PATCH", path, token: adminToken, body: #"{"role":"admin"}"#,
                fields: ["X-Request-Id: promote"])
            _ = try await world.api.call(
                "DELETE", "/api/tokens/\(ann.tokenId)", token: ann.token)
            _ = try await world.api.call("DELETE", path, token: adminToken)
            let entries = try world.service.database.read { db in
                try db.rows(
                    """
                    SELECT action || ' ' || coalesce(request_id, '-') || ' ' ||
                        coalesce(before, '-') || ' ' || coalesce(after, '-')
                    FROM audit ORDER BY at, id
                    """
                ) { $0.text(0) }
            }
            #expect(
                entries.map { $0.prefix { $0 != " " } } == [
                    "user.created", "token.created", "user.created", "token.created",
                    "token.created", "user.updated", "user.updated", "token.revoked",
                    "token.revoked", "user.deleted",
                ])
            #expect(entries[5].contains(#""displayName":"ann""#))
            #expect(entries[5].contains(#""displayName":"Ann""#))
            #expect(entries[5].contains(#""locale":"fr""#))
            #expect(entries[6].contains(" promote "))
            #expect(entries[6].contains(#""role":"member""#))
            #expect(entries[6].contains(#""role":"admin""#))
            #expect(!entries.joined().contains(ann.token))
            #expect(!entries.joined().contains(adminToken))
        }
    }
}
