import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing

@testable import Invitations

/// Where the page of an invitation leads after the answer.
@Suite struct ReturnURLTests {
    private static let back = "https://shop.example/welcome?a=1"

    /// What the page of a link shows.
    private func view(_ served: ServedInvitations, token: String) async throws -> JSONValue {
        let shown = try await served.sendAsService(
            "POST \(InvitationQueries.view.path)", #"{"token":"\#(token)"}"#)
        return try #require(shown.json?["view"], "\(shown.text)")
    }

    @Test func `an invitation keeps its return_url, and refuses other origins`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let crm = served.entity(by: ada)
            let made = try await served.invite(
                "bob@example.com", to: crm, by: ada, #","return_url":"\#(Self.back)""#)
            #expect(made["return_url"]?.string == Self.back)
            let shown = try await view(served, token: try served.token(made))
            #expect(shown["returnURL"]?.string == Self.back)
            let refused = try await served.send(
                "POST /api/v1/entities/\(crm)/invitations",
                #"{"email":"eve@example.com","return_url":"https://evil.example/"}"#, as: ada)
            #expect(refused.status == 422 && refused.text.contains("/return_url"))
            let bulk = try await served.send(
                "POST /api/v1/entities/\(crm)/invitations/bulk",
                #"{"invitations":[{"email":"dan@example.com"}],"return_url":"\#(Self.back)"}"#,
                as: ada)
            let first = bulk.json?["results"]?[0]?["invitation"]
            #expect(first?["return_url"]?.string == Self.back, "\(bulk.text)")
        }
    }

    @Test func `so does an invitation to a workspace`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let lab = try #require(
                try await served.send("POST /api/v2/workspaces", #"{"name":"Lab"}"#, as: ada)["id"])
            let made = try await served.send(
                "POST /api/v2/workspaces/\(lab)/invite",
                #"{"invitedEmail":"bob@example.com","returnUrl":"\#(Self.back)"}"#, as: ada)
            #expect(made.status == 200 && made["returnUrl"] == Self.back, "\(made.text)")
            let refused = try await served.send(
                "POST /api/v2/workspaces/\(lab)/invite",
                #"{"invitedEmail":"eve@example.com","returnUrl":"http://shop.example/"}"#, as: ada)
            #expect(refused.status == 422 && refused.text.contains("/returnUrl"))
        }
    }
}
