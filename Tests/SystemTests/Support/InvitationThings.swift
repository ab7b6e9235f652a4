import TestSupport
import Testing

/// Things of the invitations context that exist before schemathesis runs; its hooks
/// (deploy/lib/schemathesis_hooks.py) put them where a made-up id would end at 404.
struct InvitationThings {
    /// By the tag of operations, or by the operation: for `LATCHKEY_TEST_IDS`, without the braces.
    let ids: String
    /// Members of bodies, by operation: for `LATCHKEY_TEST_BODIES`, without the braces.
    let bodies: String

    init(_ stack: LiveStack) async throws {
        let token = stack.adminToken
        let entity = try await stack.entity(token, name: "Inviting")
        let path = "/api/v1/entities/\(entity)"
        _ = try await stack.invite("staying", to: entity, by: token)
        let list = try await stack.api.call("GET", path + "/invitations", token: token)
        let invitation = try #require(list.json?["data"]?[0]?["id"]?.string, "\(list.text)")
        // A user to be removed.
        _ = try await stack.invite("leaving", to: entity, by: token)
        let leaving = try await stack.takeUp(try await stack.claim("leaving")).id
        // Another user invites the user of the run, and an address without a user.
        let other = try await stack.user("inviter")
        let theirs = try await stack.entity(other.token, name: "Theirs")
        let made = try await stack.api.call(
            "POST", "/api/v1/entities/\(theirs)/invitations", token: other.token,
            body: #"{"email":"admin@localhost"}"#)
        let link = try #require(made["accept_url"]?.split(separator: "=").last, "\(made.text)")
        let alike = try await stack.entity(other.token, name: "Declined")
        let toDecline = try await stack.api.call(
            "POST", "/api/v1/entities/\(alike)/invitations", token: other.token,
            body: #"{"email":"admin@localhost"}"#)
        let declined = try #require(toDecline["accept_url"]?.split(separator: "=").last)
        _ = try await stack.invite("claiming", to: theirs, by: other.token)
        let claim = try await stack.claim("claiming")
        // The port is closed: deliveries fail, and remain for redelivery.
        let hook = try await stack.api.call(
            "POST", "/api/v1/webhooks", token: token,
            body: #"{"url":"http://127.0.0.1:9/","events":["invitation.sent"]}"#)
        let webhook = try #require(hook["id"], "\(hook.text)")
        stack.issue(hook["secret"] ?? "")
        let tested = try await stack.api.call(
            "POST", "/api/v1/webhooks/\(webhook)/test", token: token)
        let event = try #require(tested["event_id"], "\(tested.text)")
        ids = """
            "Invitations": {"id": "\(entity)", "invId": "\(invitation)"},
            "Collaborators": {"id": "\(entity)"},
            "Webhooks": {"id": "\(webhook)"},
            "Deliveries": {"id": "\(webhook)", "eventId": "\(event)"},
            "removeCollaborator": {"id": "\(entity)", "userId": "\(leaving)"}
            """
        bodies = """
            "acceptInvitation": {"token": "\(link)"},
            "declineInvitation": {"token": "\(declined)"}, "claimInvitation": {"claim": "\(claim)"},
            "createWebhook": {"url": "http://127.0.0.1:9/"},
            "updateWebhook": {"url": ["http://127.0.0.1:9/", null]}
            """
    }
}
