import TestSupport
import Testing

extension LiveStack {
    /// Creates a workspace of the token's user.
    func workspace(_ token: String, name: String = "Field research") async throws -> String {
        let made = try await api.call(
            "POST", "/api/v2/workspaces", token: token, body: #"{"name":"\#(name)"}"#)
        return try #require(made["id"], "\(made.text)")
    }

    /// Invites an address as the workspace's owner.
    /// - Returns: the invitation's id.
    @discardableResult
    func invite(
        _ email: String, toWorkspace id: String, by token: String, permissions: String = "read"
    ) async throws -> String {
        let made = try await api.call(
            "POST", "/api/v2/workspaces/\(id)/invite", token: token,
            body: #"{"invitedEmail":"\#(email)","permissions":"\#(permissions)"}"#)
        try #require(made.status == 200, "\(made.text)")
        return try #require(made["id"])
    }

    /// The gateway's path of the link in an invitation mail.
    func workspaceLink(_ email: String) async throws -> String {
        var link: String?
        _ = await eventually(within: 10_000) {
            link =
                mails(to: email).compactMap { mail in
                    mail.replacing("=\r\n", with: "").replacing("=3D", with: "=")
                        .firstMatch(of: /http:..127.0.0.1:\d+(\/\S+token=[0-9a-f-]{36}\.[\w-]{43})/)
                        .map { String($0.1) }
                }.first
            return link != nil
        }
        return try #require(link, "no mail to \(email)")
    }

    /// `accepted` or `rejected`.
    func answer(
        _ invitation: String, _ status: String, as email: String, by token: String
    ) async throws -> RawResponse {
        try await api.call(
            "POST", "/api/v2/workspaceInvitations/\(invitation)", token: token,
            body: #"{"status":"\#(status)","userEmail":"\#(email)"}"#)
    }

    /// Creates a user who has accepted.
    func member(
        _ name: String, of workspace: String, by token: String, permissions: String = "read"
    ) async throws -> (id: String, token: String) {
        let user = try await user(name)
        let invitation = try await invite(
            "\(name)@example.com", toWorkspace: workspace, by: token, permissions: permissions)
        let answered = try await answer(
            invitation, "accepted", as: "\(name)@example.com", by: user.token)
        try #require(answered.status == 200, "\(answered.text)")
        return user
    }

    /// The permissions by user, as the token's user sees them.
    func sharedUsers(_ workspace: String, by token: String) async throws -> [String: String] {
        let list = try await api.call(
            "GET", "/api/v2/workspaces/\(workspace)/sharedUsers?pageSize=100", token: token)
        let items = list.json?["items"]?.items ?? []
        return Dictionary(
            items.map { ($0["userId"]?.string ?? "", $0["permissions"]?.string ?? "") }
        ) { first, _ in first }
    }
}
