import TestSupport
import Testing

/// Responses of the entities service have exactly the agreed members.
@Suite struct EntitiesAnswerTests {
    @Test func `bodies of entities, versions, installations and access are as agreed`() async throws
    {
        try await EntitiesAlone.run(Asked()) { api, identity in
            func call(_ method: String, _ target: String, _ body: String? = nil) async throws
                -> RawResponse
            { try await api.call(method, target, body: body, fields: identity) }

            let made = try await call("POST", "/api/entities", #"{"name":"Notes","type":"app"}"#)
            try expect(made, 201, like: "public-entity")
            let path = "/api/entities/\(made["id"] ?? "")"
            try expect(try await call("GET", path), 200, like: "public-entity")
            try expectList(try await call("GET", "/api/entities"), of: "public-entity")
            try expect(
                try await call("PATCH", path, #"{"name":"N"}"#), 200, like: "public-entity")
            let version =
                #"{"version":"1.0.0","packageUrl":"https://example.com/n.tgz","sha256":""#
                + String(repeating: "a", count: 64) + #""}"#
            let pushed = try await call("POST", path + "/versions", version)
            try expect(pushed, 201, like: "public-version")
            try expectList(try await call("GET", path + "/versions"), of: "public-version")
            let installed = try await call("PUT", path + "/installation", "{}")
            try expect(installed, 201, like: "public-installation")
            try expectList(
                try await call("GET", "/api/installations"), of: "public-installation")
            try expect(try await call("GET", path + "/access"), 200, like: "public-access-store")
            let checked = try await call(
                "POST", "/api/access/check", #"{"checks":[{"entityId":"\#(made["id"] ?? "")"}]}"#)
            try expect(checked, 200, like: "public-access-results")
        }
    }

    @Test func `bodies of shares and publishers are as agreed`() async throws {
        try await EntitiesAlone.run(Asked()) { api, identity in
            let made = try await api.call(
                "POST", "/api/entities", body: #"{"name":"Notes","type":"app"}"#, fields: identity)
            let path = "/api/entities/\(made["id"] ?? "")"
            let shared = try await api.call(
                "POST", path + "/shares", body: #"{"emails":["ada@example.com","x@example.com"]}"#,
                fields: identity)
            #expect(
                shared.json?.names == JSONValue(try Golden.bytes("public-share-outcome"))?.names)
            let share = JSONValue(try Golden.bytes("public-share"))?.shape
            #expect(shared.json?["created"]?[0]?.shape == share)
            for (target, golden) in [
                (path + "/shares", "public-share"), ("/api/entities/shares", "public-share-given"),
                (path + "/publishers", "public-publisher"),
            ] {
                try expectList(try await api.call("GET", target, fields: identity), of: golden)
            }
            let status = try await api.call("GET", path + "/publishers/me", fields: identity)
            try expect(status, 200, like: "public-publisher-status")
        }
    }

    @Test func `audit entries are as agreed`() async throws {
        try await EntitiesAlone.run(Asked()) { api, identity in
            let made = try await api.call(
                "POST", "/api/entities", body: #"{"name":"Notes","type":"app"}"#, fields: identity)
            let id = made["id"] ?? ""
            _ = try await api.call(
                "POST", "/api/entities/\(id)/shares", body: #"{"emails":["ada@example.com"]}"#,
                fields: identity)
            try expectList(
                try await api.call("GET", "/api/audit?entityId=\(id)", fields: identity),
                of: "public-audit-entry")
        }
    }

    @Test func `problems are as agreed`() async throws {
        try await EntitiesAlone.run(Asked()) { api, identity in
            try expect(
                try await api.call("GET", "/api/entities/x", fields: identity), 404,
                like: "public-problem")
            try expect(try await api.call("GET", "/api/entities"), 401, like: "public-problem")
            let invalid = try await api.call(
                "POST", "/api/entities", body: #"{"name":"","type":"app"}"#, fields: identity)
            try expect(invalid, 422, like: "public-problem-invalid")
        }
    }
}
