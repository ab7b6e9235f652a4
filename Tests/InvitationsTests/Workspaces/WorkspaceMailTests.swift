import Contract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The e-mail of an invitation to a workspace.
@Suite struct WorkspaceMailTests {
    let world: World
    let ada: Caller
    let secrets: InvitationSecrets

    init() throws {
        world = try World()
        ada = world.user("ada")
        secrets = world.useCases.secrets
    }

    private func token(_ mail: String) throws -> String {
        let link = /https:\/\/app\.example\.com\/invitations\/accept\?token=([A-Za-z0-9._-]+)/
        let found = mail.matches(of: link).map { String($0.1) }
        // The same link as text in both parts, behind that text and behind the button; no other.
        #expect(found.count == 4 && Set(found).count == 1)
        return try #require(found.first)
    }

    @Test func `the e-mail says who invites to what and when it expires`() async throws {
        let lab = try await world.workspace("Field research", by: ada)
        let made = try await world.invite("new@example.com", into: lab, by: ada, "write")
        let mail = try world.mail(made)
        #expect(mail.contains("To: new@example.com"))
        #expect(mail.contains("Subject: Ada invites you to the workspace Field research"))
        #expect(
            mail.contains("\r\n\r\nAda invites you to work in the workspace Field research\r\n"))
        #expect(mail.contains("To respond, open this link:"))
        #expect(mail.contains("22 January 2026"))
        #expect(mail.contains("Invited by: Ada (ada@example.com)"))
        #expect(!mail.contains("claim"))
        let read = try await world.invite("read@example.com", into: lab, by: ada)
        #expect(
            try world.mail(read).contains(
                "Ada invites you to view the workspace Field research\r\n"))
    }

    @Test func `the e-mail's link uses the public URL and the invitation's token`() async throws {
        let lab = try await world.workspace(by: ada)
        let made = try await world.invite("new@example.com", into: lab, by: ada)
        let token = try token(try world.mail(made))
        #expect(token == secrets.token(of: made) && secrets.matches(token, made))
        #expect(InvitationLink.token(token).workspaceInvitationId == made.id)
        // It differs from those of other invitations, also to entities.
        let other = try await world.invite("other@example.com", into: lab, by: ada)
        #expect(!secrets.matches(token, other))
        #expect(InvitationSecrets.id(in: token) == nil)
    }

    @Test func `a truncated, changed or extended token is refused`() async throws {
        let lab = try await world.workspace(by: ada)
        let made = try await world.invite("new@example.com", into: lab, by: ada)
        let token = secrets.token(of: made)
        for length in 0..<token.utf8.count {
            #expect(!secrets.matches(String(token.prefix(length)), made))
        }
        for index in token.indices {
            var forged = token
            forged.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(!secrets.matches(forged, made))
        }
        for more in ["A", "=", " ", "\n", "\u{0}", "\u{301}"] {
            #expect(!secrets.matches(token + more, made))
        }
        // One id has one token.
        let upper = made.id.uppercased() + token.dropFirst(36)
        #expect(!secrets.matches(upper, made))
        let others = InvitationSecrets(SecretList([UInt8](repeating: 8, count: 32)))
        #expect(!secrets.matches(others.token(of: made), made))
    }

    @Test(arguments: ["", ".", "x.y", "inv_01JHMZ0000000000000000000A.x", "0189.x"])
    func `a malformed token contains no invitation id`(_ text: String) {
        #expect(InvitationLink.token(text).workspaceInvitationId == nil)
    }

    @Test func `hostile names stay text`() async throws {
        world.directory.rename(
            ada.userId, to: "ada", displayName: "Eve\r\nBcc: eve@example.com <b>&")
        let lab = try await world.workspace(
            #"<script>alert(1)</script> & <img src=x onerror="x"> https://evil.example"#, by: ada)
        let made = try await world.invite("new@example.com", into: lab, by: ada)
        let mail = try world.mail(made)
        let head = mail.split(separator: "\r\n\r\n").first ?? ""
        #expect(!head.isEmpty && !head.contains("\r\nBcc:"))
        let parts = mail.split(separator: "<!doctype html>")
        let page = try #require(parts.count == 2 ? parts[1] : nil)
        #expect(!page.contains("<script>") && !page.contains("<img") && !page.contains("<b>"))
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img"))
        #expect(!page.contains("href=\"https://evil"))
        // The plain part contains no line of theirs.
        #expect(!parts[0].contains("\r\nhttps://evil"))
        _ = try token(mail)
    }

    @Test func `an inviter whom the directory no longer knows is left unnamed`() async throws {
        let lab = try await world.workspace(by: ada)
        world.directory.remove(ada.userId)
        let made = try await world.invite("new@example.com", into: lab, by: ada)
        _ = try token(try world.mail(made))
    }

    @Test func `the e-mail is given up when the invitation expires`() async throws {
        let lab = try await world.workspace(by: ada)
        let made = try await world.invite("new@example.com", into: lab, by: ada)
        let goodUntil = try world.database.read { db in
            try db.rows("SELECT good_until FROM mails WHERE status = 'pending'") { $0.time(0) }
        }
        #expect(goodUntil == [made.expiresAt])
    }
}
