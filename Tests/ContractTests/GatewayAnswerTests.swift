import Gateway
import TestSupport
import Testing

/// The gateway's own responses have exactly the agreed members.
@Suite struct GatewayAnswerTests {
    @Test func `responses with users, tokens and problems have the agreed shape`() async throws {
        try await GatewayAlone.run(Asked()) { service, _ in
            let api = APIClient(port: service.port)
            func call(_ method: String, _ target: String, _ body: String? = nil) async throws
                -> RawResponse
            { try await api.call(method, target, token: GatewayAlone.admin, body: body) }

            let made = try await call(
                "POST", "/api/users",
                #"{"email":"ada@example.com","username":"ada","displayName":"Ada"}"#)
            try expect(made, 201, like: "public-user")
            let path = "/api/users/\(made["id"] ?? "")"
            try expect(try await call("GET", path), 200, like: "public-user")
            try expect(
                try await call("PATCH", path, #"{"displayName":"A"}"#), 200, like: "public-user")
            try expectList(try await call("GET", "/api/users"), of: "public-user")
            let begun = try await call("DELETE", path + "/access")
            #expect(begun.status == 202)
            let operation = "/api/operations/\(begun["operationId"] ?? "")"
            try expect(try await call("GET", operation), 200, like: "public-operation")
            try expect(try await call("GET", "/api/me"), 200, like: "public-me")
            let token = try await call(
                "POST", "/api/tokens", #"{"name":"laptop","scopes":["entities:write"]}"#)
            try expect(token, 201, like: "public-token-created")
            try expectList(try await call("GET", "/api/tokens"), of: "public-token")
            try expect(try await call("GET", "/api/users/x"), 404, like: "public-problem")
            try expect(
                try await call("POST", "/api/tokens", #"{"name":"","scopes":[]}"#), 422,
                like: "public-problem-invalid")
        }
    }
}
