import TestSupport
import Testing

/// A platform's backend: one credential for all users.
@Suite(.serialized) struct ActingTests {
    @Test func `what a platform does for a user is the user's in every context`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ann = try await stack.user("ann")
        let root = try #require(
            try await stack.api.call("GET", "/api/me", token: stack.adminToken)["id"])
        func act(_ method: String, _ path: String, _ body: String? = nil) async throws
            -> RawResponse
        {
            try await stack.api.call(
                method, path, token: stack.adminToken, body: body,
                fields: ["Latchkey-User: \(ann.id)"])
        }
        let made: [(path: String, body: String, subject: String)] = [
            ("/api/entities", #"{"name":"Thing","type":"app"}"#, "entityId"),
            ("/api/organizations", #"{"name":"Org"}"#, "organizationId"),
            ("/api/integrations", #"{"name":"Int"}"#, "integrationId"),
            ("/api/v2/workspaces", #"{"name":"Space"}"#, "workspaceId"),
        ]
        for (path, body, subject) in made {
            let answer = try await act("POST", path, body)
            let id = try #require(answer["id"], "\(answer.text)")
            // It is the user's own, and the admin's token alone sees none of it in lists of theirs.
            let own = try await stack.api.call("GET", "\(path)/\(id)", token: ann.token)
            #expect(own.status == 200, "\(path)")
            let audit = try await stack.api.call(
                "GET", "/api/audit?\(subject)=\(id)&actorId=\(ann.id)", token: ann.token)
            let entries = audit.json?["items"]?.items ?? []
            #expect(!entries.isEmpty, "\(path): \(audit.text)")
            #expect(entries.allSatisfy { $0["actingId"]?.string == root }, "\(path)")
        }
        // What the user does themselves names no other.
        let entities = try await act("GET", "/api/entities")
        let id = try #require(entities.json?["items"]?[0]?["id"]?.string)
        _ = try await stack.api.call(
            "PATCH", "/api/entities/\(id)", token: ann.token, body: #"{"name":"Other"}"#)
        let audit = try await stack.api.call(
            "GET", "/api/audit?entityId=\(id)", token: ann.token)
        #expect(audit.json?["items"]?[0]?["actingId"] == .null)
        // Lines are written behind the responses.
        for service in ["gateway", "entities", "organizations", "integrations", "invitations"] {
            let isLogged = await eventually {
                stack.logs.split(separator: "\n").contains {
                    $0.contains(#""actingId":"\#(root)""#) && $0.contains(#""userId":"\#(ann.id)""#)
                        && $0.contains(#""service":"\#(service)""#)
                }
            }
            #expect(isLogged, "\(service)")
        }
        await stack.killAll()
    }

    @Test func `rights, external sharing included, are the user's`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ann = try await stack.user("ann")
        let bob = try await stack.user("bob")
        let entity = try await stack.entity(ann.token)
        func act(as user: String, _ method: String, _ path: String, _ body: String? = nil)
            async throws -> RawResponse
        {
            try await stack.api.call(
                method, path, token: stack.adminToken, body: body,
                fields: ["Latchkey-User: \(user)"])
        }
        let path = "/api/entities/\(entity)"
        #expect(try await act(as: bob.id, "GET", path).status == 404)
        let share = #"{"emails":["bob@example.com"]}"#
        #expect(try await act(as: bob.id, "POST", path + "/shares", share).status == 404)
        let shared = try await act(as: ann.id, "POST", path + "/shares", share)
        #expect(shared.status == 200)
        #expect(shared.json?["created"]?[0]?["createdBy"]?.string == ann.id)
        #expect(try await act(as: bob.id, "GET", path).status == 200)
        #expect(try await act(as: bob.id, "DELETE", path).status == 403)
        // The same key of two users names two requests.
        let key = ["Idempotency-Key: same", "Latchkey-User: "]
        for user in [ann.id, bob.id] {
            let answer = try await stack.api.call(
                "POST", "/api/entities", token: stack.adminToken,
                body: #"{"name":"Thing","type":"app"}"#, fields: [key[0], key[1] + user])
            #expect(answer.status == 201 && answer["ownerId"] == user)
            #expect(answer.field("idempotency-replayed") == nil)
        }
        await stack.killAll()
    }
}
