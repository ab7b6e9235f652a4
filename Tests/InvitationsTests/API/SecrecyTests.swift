import Contract
import Foundation
import InvitationsContract
import Kernel
import Mail
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The claim stands in the mail alone: whoever knows it has the mailbox.
@Suite struct SecrecyTests {
    /// The secret half, as bytes that nobody else may hold.
    private func secret(_ claim: String) -> String { String(claim.split(separator: ".")[1]) }

    private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
        Data(bytes).range(of: Data(text.utf8)) != nil
    }

    @Test func `no response, audit entry, event, log or row contains the claim`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = served.entity(by: ada)
            served.mailbox.fail("late@example.com", MailFailure(.temporary, "later", code: 451))
            var answers: [RawResponse] = []
            let path = "/api/v1/entities/\(id)/invitations"
            for email in ["bob@example.com", "late@example.com"] {
                answers.append(
                    try await served.send(
                        "POST \(path)", #"{"email":"\#(email)"}"#, as: ada,
                        fields: ["Idempotency-Key: \(email)"]))
            }
            let first = try await served.claim("bob@example.com")
            let late = try await served.claim("late@example.com")
            let invitation = try #require(answers[0]["id"])
            answers.append(
                try await served.send("POST \(path)/\(invitation)/resend", as: ada))
            #expect(await eventually { served.mailbox.mails(to: "bob@example.com").count == 2 })
            let claim = try await served.claim("bob@example.com")
            #expect(claim != first)
            answers += [
                try await served.send("GET \(path)", as: ada),
                try await served.send("GET \(path)/\(invitation)", as: ada),
                try await served.send("GET /api/v1/invitations", as: bob),
                try await served.sendAsService(
                    "POST /internal/invitations/view", #"{"claim":"\#(claim)"}"#),
                try await served.sendAsService(
                    "POST /internal/audit", #"{"filter":{"about":"\#(id)"},"limit":100}"#),
                try await served.accept(try served.token(answers[2].json), by: bob),
            ]
            let files = try served.database.files(in: served.file)
            for secret in [first, late, claim].map(secret) {
                #expect(answers.allSatisfy { !$0.text.contains(secret) })
                #expect(!served.log.text.contains(secret))
                #expect(!holds(files, secret))
            }
            // Makes sure that the search can find something.
            #expect(holds(files, "late@example.com") && holds(files, invitation))
            let rows = try served.database.dump().joined()
            let digest = InvitationSecrets.digest(late).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
            #expect(rows.contains(digest))
        }
    }

    @Test func `the token of the accept_url is computed, and stored only in stored responses`()
        async throws
    {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let made = try await served.invite(
                "bob@example.com", to: served.entity(by: ada), by: ada)
            let token = try served.token(made)
            #expect(!holds(try served.database.files(in: served.file), secret(token)))
            #expect(!served.log.text.contains(secret(token)))
        }
    }

    @Test func `a refused e-mail reveals nothing of its content to the inviter`()
        async throws
    {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = served.entity(by: ada)
            served.mailbox.fail(
                "bob@example.com", MailFailure(.permanent, "refused by the server", code: 554))
            let made = try await served.invite("bob@example.com", to: id, by: ada)
            let path = "/api/v1/entities/\(id)/invitations/\(made["id"]?.string ?? "")"
            #expect(
                await eventually {
                    (try? await served.send("GET \(path)", as: ada))?["email_status"] == "failed"
                })
            let found = try await served.send("GET \(path)", as: ada)
            #expect(found["email_error"] == "refused by the server")
            // It can still be handed over by its link, or sent again.
            served.mailbox.fail("bob@example.com", nil)
            let again = try await served.send("POST \(path)/resend", as: ada)
            #expect(again["email_status"] == "pending" && again.json?["email_error"] == .null)
            #expect(
                await eventually {
                    (try? await served.send("GET \(path)", as: ada))?["email_status"] == "sent"
                })
        }
    }

    @Test func `the result of a replaced e-mail is ignored`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let made = try await world.invite(
            "bob@example.com", to: world.entity(by: ada), by: ada)
        let again = try await world.resend(made, by: ada)
        try await world.database.write { tx in
            try InvitationStore.settle(made.mailId ?? "", as: .failed(reason: "old"), in: tx)
        }
        #expect(try world.find(made)?.delivery == .pending)
        try await world.database.write { tx in
            try InvitationStore.settle(again.mailId ?? "", as: .sent, in: tx)
        }
        #expect(try world.find(made)?.delivery == .sent)
        #expect(try world.find(made)?.status == .pending)
    }
}
