import Contract
import Foundation
import InvitationsContract
import Kernel
import Mail
import SQLite
import TestSupport
import Testing
import Webhooks
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The token of a workspace invitation is only in the e-mail.
@Suite struct WorkspaceSecrecyTests {
    private func secret(_ token: String) -> String { String(token.split(separator: ".")[1]) }

    private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
        Data(bytes).range(of: Data(text.utf8)) != nil
    }

    @Test func `no response, audit entry, event, log or row contains the link`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            try await served.webhook(by: ada)
            let id = try await served.workspace(by: ada)
            served.mailbox.fail("late@example.com", MailFailure(.temporary, "later", code: 451))
            var answers: [RawResponse] = []
            for email in ["bob@example.com", "late@example.com"] {
                answers.append(
                    try await served.send(
                        "POST /api/v2/workspaces/\(id)/invite",
                        #"{"invitedEmail":"\#(email)"}"#, as: ada,
                        fields: ["Idempotency-Key: \(email)"]))
            }
            let invitation = try #require(answers[0]["id"])
            let tokens = [
                try await served.workspaceToken("bob@example.com"),
                try await served.workspaceToken("late@example.com"),
            ]
            #expect(tokens[0] != tokens[1] && tokens[0].hasPrefix(invitation))
            let path = "POST /api/v2/workspaceInvitations/\(invitation)"
            served.clock.advance(seconds: 60)
            answers += [
                try await served.send("\(path)/resend", as: ada),
                try await served.send(
                    "\(path)/expiration", #"{"expirationDate":"2026-02-01T00:00:00Z"}"#, as: ada),
                try await served.send(
                    "POST /api/v2/workspaces/\(id)/pendingInvitations", as: ada),
                try await served.send("GET /api/v2/workspaceInvitations", as: bob),
                try await served.send(
                    path, #"{"status":"accepted","userEmail":"bob@example.com"}"#, as: bob),
                try await served.send("GET /api/audit?workspaceId=\(id)", as: ada),
                try await served.send("GET /api/v1/events", as: ada),
                try await served.sendAsService(
                    "POST /internal/audit/tail", #"{"filter":{"about":"\#(id)"},"limit":100}"#),
            ]
            let receivers = served.receivers
            #expect(await eventually { receivers.got.count == 3 })
            let told = served.receivers.got.map { String(decoding: $0.message.body, as: UTF8.self) }
            let files = try served.database.files(in: served.file)
            #expect(answers.allSatisfy { $0.status == 200 })
            for secret in tokens.map(secret) {
                #expect(answers.allSatisfy { !$0.text.contains(secret) })
                #expect(told.allSatisfy { !$0.contains(secret) })
                #expect(!served.log.text.contains(secret))
                #expect(!holds(files, secret))
            }
            // Makes sure that the search can find something.
            #expect(holds(files, "late@example.com") && holds(files, invitation))
            #expect(answers.allSatisfy { $0.text.contains(invitation) || $0.text.contains("late") })
            #expect(told.contains { $0.contains(invitation) })
        }
    }

    @Test func `the link of every e-mail opens its invitation`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            let made = try await served.invite("bob@example.com", intoWorkspace: id, by: ada)
            let first = try await served.workspaceToken("bob@example.com")
            served.clock.advance(seconds: 60)
            let path = "/api/v2/workspaceInvitations/\(made["id"]?.string ?? "")"
            _ = try await served.send("POST \(path)/resend", as: ada)
            let mailbox = served.mailbox
            #expect(await eventually { mailbox.mails(to: "bob@example.com").count == 2 })
            #expect(try await served.workspaceToken("bob@example.com") == first)
            #expect(InvitationLink.token(first).workspaceInvitationId == made["id"]?.string)
            #expect(
                mailbox.mails(to: "bob@example.com").allSatisfy {
                    $0.contains("https://app.example.com/invitations/accept?token=\(first)")
                })
        }
    }

    @Test func `a pending e-mail is given up when its invitation expires`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            served.mailbox.fail("bob@example.com", .init(.temporary, "later", code: 451))
            let made = try await served.invite("bob@example.com", intoWorkspace: id, by: ada)
            let (database, about) = (served.database, made["id"]?.string ?? "")
            let isTried = await eventually {
                let mail = try? database.read { try MailOutbox.latest(about: about, in: $0) }
                return mail?.attempts == 1
            }
            #expect(isTried)
            served.clock.advance(seconds: 8 * 86_400)
            let bob = served.user("bob")
            let isOver = await eventually(within: 20_000) {
                let mine = try? await served.send("GET /api/v2/workspaceInvitations", as: bob)
                return mine?.json?["items"]?[0]?["emailStatus"]?.string == "failed"
            }
            #expect(isOver)
            let mine = try await served.send("GET /api/v2/workspaceInvitations", as: bob)
            let error = mine.json?["items"]?[0]?["emailError"]?.string
            #expect(error == "it expired before it was sent")
        }
    }
}
