import TestSupport
import Testing

extension LiveStack {
    /// Invites `<name>@example.com` as the entity's owner.
    /// - Returns: the token of the `accept_url`.
    func invite(_ name: String, to entity: String, by token: String) async throws -> String {
        let made = try await api.call(
            "POST", "/api/v1/entities/\(entity)/invitations", token: token,
            body: #"{"email":"\#(name)@example.com"}"#)
        try #require(made.status == 201, "\(made.text)")
        let link = try #require(made["accept_url"])
        try #require(link.hasPrefix("http://127.0.0.1:\(gatewayPort)/invitations/accept?token="))
        let secret = String(link.split(separator: "=").last ?? "")
        issue(secret)
        return secret
    }

    /// The claim in the last invitation mail to `<name>@example.com`, other than a known one.
    func claim(_ name: String, after known: String = "") async throws -> String {
        var claim: String?
        _ = await eventually(within: 10_000) {
            claim = mails(to: "\(name)@example.com").compactMap { mail in
                mail.replacing("=\r\n", with: "").replacing("=3D", with: "=")
                    .firstMatch(of: /claim=(inv_[0-9A-Z]{26}\.[A-Za-z0-9_-]{43})/)
                    .map { String($0.1) }
            }.first { $0 != known }
            return claim != nil
        }
        let found = try #require(claim, "no mail to \(name)")
        issue(found)
        return found
    }

    /// Accepts an invitation.
    /// - Returns: the token of the session.
    func takeUp(_ claim: String) async throws -> (id: String, token: String) {
        let taken = try await api.call(
            "POST", "/api/v1/invitations/claim", body: #"{"claim":"\#(claim)"}"#)
        try #require(taken.status == 201, "\(taken.text)")
        let token = try #require(taken["token"])
        issue(token)
        return (try #require(taken.json?["user"]?["id"]?.string), token)
    }
}
