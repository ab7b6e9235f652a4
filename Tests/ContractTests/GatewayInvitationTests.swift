import Gateway
import Kernel
import TestSupport
import Testing

/// The gateway's calls to the invitations service for visitors of a link, and its use of the
/// replies.
@Suite struct GatewayInvitationTests {
    private let link = "\(Cast.invitation).LinkTag"
    private let claim = "\(Cast.invitation).MailTag"

    @Test func `the accept page requests the invitation's view`() async throws {
        let invitations = Asked()
        try await GatewayAlone.run(Asked(), invitations: invitations) { service, _ in
            let page = try await APIClient(port: service.port).call(
                "GET", "/invitations/accept?token=\(link)")
            #expect(page.status == 200 && page.text.contains("Notes"), "\(page.text)")
        }
        #expect(invitations.bodies == [try Golden.text("invitation-view-query")])
    }

    @Test func `the claim page requests the invitation's view`() async throws {
        let invitations = Asked()
        try await GatewayAlone.run(Asked(), invitations: invitations) { service, _ in
            let page = try await APIClient(port: service.port).call(
                "GET", "/invitations/claim?claim=\(claim)")
            #expect(page.status == 200 && page.text.contains("Notes"), "\(page.text)")
        }
        #expect(invitations.bodies == [try Golden.text("invitation-view-query-claim")])
    }

    @Test func `a workspace's link opens the accept page`() async throws {
        let invitations = Asked()
        try await GatewayAlone.run(
            Asked(), invitations: invitations, viewed: "invitation-view-answer-workspace"
        ) { service, _ in
            let page = try await APIClient(port: service.port).call(
                "GET", "/invitations/accept?token=\(Cast.workspaceInvitation).LinkTag")
            #expect(page.status == 200, "\(page.text)")
            #expect(page.text.contains("invites you to view the workspace Field research"))
            #expect(page.text.contains("<strong>ada@example.com</strong>"))
        }
        #expect(invitations.bodies == [try Golden.text("invitation-view-query-workspace")])
    }

    @Test func `a claim signs the invitee in and sends their identity`() async throws {
        let invitations = Asked()
        try await GatewayAlone.run(Asked(), invitations: invitations) { service, _ in
            let api = APIClient(port: service.port)
            let claimed = try await api.call(
                "POST", "/api/v1/invitations/claim", body: #"{"claim":"\#(claim)"}"#,
                fields: [Cast.request])
            try expect(claimed, 201, like: "public-claimed")
            let me = try await api.call("GET", "/api/me", token: claimed["token"])
            #expect(me["email"] == "ada@example.com", "\(me.text)")
            let told = invitations.bodies.map {
                $0.replacing(me["id"] ?? "-", with: Cast.ada.userId)
                    .replacing(me["tokenId"] ?? "-", with: Cast.grace.tokenId)
            }
            #expect(
                told == [
                    try Golden.text("invitation-view-query-claim"),
                    try Golden.text("invitation-answer-command"),
                ])
        }
    }

    @Test func `whoever asks for a new invitation sends its link`() async throws {
        let invitations = Asked()
        try await GatewayAlone.run(Asked(), invitations: invitations) { service, _ in
            let page = try await APIClient(port: service.port).call(
                "POST", "/invitations/claim", body: "claim=\(claim)&action=ask",
                fields: ["Content-Type: application/x-www-form-urlencoded", Cast.request])
            #expect(page.status == 303, "\(page.text)")
        }
        #expect(invitations.bodies == [try Golden.text("invitation-request-command")])
    }

    @Test func `a refused claim returns the refusal without a session`() async throws {
        try await GatewayAlone.run(
            Asked(), invitations: Asked(), answered: "invitation-view-answer-refused"
        ) { service, _ in
            let refused = try await APIClient(port: service.port).call(
                "POST", "/api/v1/invitations/claim", body: #"{"claim":"\#(claim)"}"#)
            try expect(refused, 410, like: "public-problem")
            #expect(refused.code == "inviter_gone")
        }
    }
}
