import Contract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing

@testable import Organizations

/// Repeated POSTs with an `Idempotency-Key`.
@Suite struct IdempotencyTests {
    private func key(_ key: String) -> [String] { ["Idempotency-Key: \(key)"] }

    /// The stored responses in the database.
    private func storedResponses(_ served: ServedOrganizations) throws -> [String] {
        try served.database.read { db in
            try db.rows(
                "SELECT fields || CAST(body AS TEXT) FROM stored_responses WHERE user_id > ''"
            ) {
                $0.text(0)
            }
        }
    }

    @Test func `a repeated creation creates one organization and leaves its key out`()
        async throws
    {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            func create() async throws -> RawResponse {
                try await served.send(
                    "POST /api/organizations", #"{"name":"Acme"}"#, as: ada, fields: key("k"))
            }
            let first = try await create()
            let second = try await create()
            #expect(first.status == 201 && second.status == 201)
            #expect(second.field("idempotency-replayed") == "true")
            let secret = try #require(first["npmRegistryKey"])
            #expect(second["npmRegistryKey"] == nil)
            #expect(try !storedResponses(served).joined().contains(secret))
            // The rest is the same, down to the bytes.
            #expect(
                first.text.replacing(#""npmRegistryKey":"\#(secret)","#, with: "") == second.text)
            for name in ["location", "etag", "content-type"] {
                #expect(
                    first.field(name) != nil && second.field(name) == first.field(name), "\(name)")
            }
            // The ETag is the organization's, so that it can be used for an update.
            let changed = try await served.send(
                "PATCH \(second.field("location") ?? "")", #"{"name":"New"}"#, as: ada,
                fields: ["If-Match: \(second.field("etag") ?? "")"])
            #expect(changed.status == 200)
            let list = try await served.send("GET /api/organizations", as: ada)
            #expect(list.json?["total"]?.int == 1)
        }
    }

    @Test func `a repeated rotation rotates once, and leaves the key out`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            func rotate(_ name: String) async throws -> RawResponse {
                try await served.send(
                    "POST \(path)/npm-registry-key/rotate", as: ada, fields: key(name))
            }
            let first = try await rotate("k")
            let secret = try #require(first["npmRegistryKey"])
            let second = try await rotate("k")
            #expect(second.status == 200 && second.text == "{}")
            #expect(second.field("idempotency-replayed") == "true")
            #expect(try !storedResponses(served).joined().contains(secret))
            #expect(try await served.send("GET \(path)", as: ada)["npmRegistryKey"] == secret)
            let third = try await rotate("other")
            #expect(third["npmRegistryKey"] != nil && third["npmRegistryKey"] != secret)
        }
    }

    @Test func `every POST can be repeated`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let path = try await served.organization(by: ada)
            let entity = served.entities.add(by: ada)
            let bodies = [
                "createOrganization": #"{"name":"New"}"#, "rotateNpmRegistryKey": nil,
                "addMember": #"{"userId":"usr_bob"}"#, "createRole": #"{"name":"r","scopes":[]}"#,
                "setStorageConfig": #"{"mode":"managed"}"#,
                "publishEntity": #"{"entityId":"\#(entity)"}"#,
            ]
            for endpoint in OrganizationRoutes.all where endpoint.method == .post {
                let body = try #require(bodies[endpoint.id], "\(endpoint.id)")
                let target =
                    "POST " + endpoint.path.replacing("/api/organizations/{id}", with: path)
                let first = try await served.send(target, body, as: ada, fields: key(endpoint.id))
                #expect((200...201).contains(first.status), "\(endpoint.id): \(first.text)")
                let before = try served.database.dump()
                let second = try await served.send(target, body, as: ada, fields: key(endpoint.id))
                #expect(second.field("idempotency-replayed") == "true", "\(endpoint.id)")
                #expect(second.status == first.status)
                #expect(try served.database.dump() == before)
            }
        }
    }

    @Test func `an idempotency key belongs to one user and one request`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let bob = served.user("bob")
            let path = try await served.organization(by: ada)
            let body = #"{"name":"r","scopes":[]}"#
            let first = try await served.send("POST \(path)/roles", body, as: ada, fields: key("k"))
            #expect(first.status == 201)
            for (target, body) in [
                ("\(path)/roles", #"{"name":"s","scopes":[]}"#), ("/api/organizations", body),
            ] {
                let refused = try await served.send(
                    "POST \(target)", body, as: ada, fields: key("k"))
                #expect(refused.status == 422 && refused.code == "idempotency_key_reused")
            }
            // The stored response of another user is not returned.
            let hidden = try await served.send(
                "POST \(path)/roles", body, as: bob, fields: key("k"))
            #expect(hidden.status == 404)
        }
    }

    @Test func `a refused request can be repeated with the same key`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            let body = #"{"userId":"usr_bob"}"#
            func add() async throws -> RawResponse {
                try await served.send("POST \(path)/members", body, as: ada, fields: key("k"))
            }
            #expect(try await add().status == 422)
            _ = served.user("bob")
            #expect(try await add().status == 201)
            let again = try await add()
            #expect(again.status == 201 && again.field("idempotency-replayed") == "true")
        }
    }
}
