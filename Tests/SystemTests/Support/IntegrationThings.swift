import TestSupport
import Testing

/// Things of the integrations context that exist before schemathesis runs; its hooks
/// (deploy/lib/schemathesis_hooks.py) put them where a made-up name would end at 404 or 422.
struct IntegrationThings {
    /// By the tag of operations, or by the operation: for `LATCHKEY_TEST_IDS`, without the braces.
    let ids: String
    /// Members of bodies, by operation: for `LATCHKEY_TEST_BODIES`, without the braces.
    let bodies: String

    init(_ stack: LiveStack) async throws {
        let token = stack.adminToken
        func make(_ method: String, _ path: String, _ body: String? = nil) async throws -> String {
            let made = try await stack.api.call(method, path, token: token, body: body)
            try #require((200...201).contains(made.status), "\(path): \(made.text)")
            return made["id"] ?? ""
        }
        // A member who stays, and one who is added and removed.
        for name in ["colleague", "visitor"] { _ = try await stack.user(name) }
        let id = try await make("POST", "/api/integrations", #"{"name":"Spare"}"#)
        let path = "/api/integrations/\(id)"
        let team = try await make("POST", "/api/teams", #"{"name":"Spare","id":"spare-team"}"#)
        let other = try await make("POST", "/api/teams", #"{"name":"Other","id":"other-team"}"#)
        _ = try await make("PUT", "/api/teams/\(team)/members/colleague")
        // Two shares: one stays, the other is created and revoked again and again.
        for principal in ["user:colleague", "team:\(other)"] {
            _ = try await make("PUT", path + "/shares/\(principal)")
        }
        ids = """
            "Integrations": {"id": "\(id)"},
            "Sharing": {"id": "\(id)", "principalId": "user:colleague"},
            "Teams": {"id": "\(team)", "username": "colleague"},
            "shareIntegration": {"id": "\(id)", "principalId": "team:\(other)"},
            "revokeIntegrationShare": {"id": "\(id)", "principalId": "team:\(other)"},
            "setTeamMember": {"id": "\(team)", "username": "visitor"},
            "removeTeamMember": {"id": "\(team)", "username": "visitor"}
            """
        bodies = """
            "transferIntegration": {
                "userId": ["colleague", null], "teamId": [null, "\(team)"]}
            """
    }
}
