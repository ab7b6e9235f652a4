import TestSupport
import Testing

/// The scenario's subjects and resources as they are named here.
struct AuthZENFixture {
    let stack: LiveStack
    /// By the scenario's name.
    var names: [String: String] = [:]

    init() async throws {
        stack = try await LiveStack()
        try await stack.start()
        for name in ["alice", "bob"] {
            let made = try await stack.api.call(
                "POST", "/api/users", token: stack.adminToken,
                body: """
                    {"email":"\(name)@example.com","username":"\(name)",
                     "displayName":"\(name)","externalId":"\(name)"}
                    """)
            names[name] = made["id"]
        }
        let alice = try await stack.token(of: names["alice"] ?? "")
        for record in ["record-1", "record-2"] {
            names[record] = try await stack.workspace(alice, name: record)
        }
        let invitation = try await stack.invite(
            "bob@example.com", toWorkspace: names["record-1"] ?? "", by: alice)
        let answer = try await stack.api.call(
            "POST", "/api/v2/workspaceInvitations/\(invitation)",
            token: try await stack.token(of: names["bob"] ?? ""),
            body: #"{"status":"accepted","userEmail":"bob@example.com"}"#)
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Sends a request of the scenario.
    /// - Parameter body: with the scenario's names.
    func post(
        _ path: String, _ body: String?, fields: [String] = [], token: String? = nil
    ) async throws -> RawResponse {
        var text = body?.replacing(#""record""#, with: #""workspace""#)
        for record in ["record-1", "record-2"] {
            text = text?.replacing(record, with: names[record] ?? "")
        }
        return try await stack.api.call(
            "POST", "/access/v1/" + path, token: token ?? stack.adminToken, body: text,
            fields: fields)
    }
}
