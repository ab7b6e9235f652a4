import Contract
import GatewayContract
import Kernel
import Mail
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// Mails about what others have shared with a user.
@Suite struct ShareNoticeTests {
    @Test func `a burst of shares is one mail that names all of them and who shared`()
        async throws
    {
        try await withNotices(extra: ["LATCHKEY_APP_URL": "https://app.example.com/start"]) {
            world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            try await world.share("shr_1", "Release notes", with: grace, by: ada)
            world.gateway.clock.advance(seconds: 30)
            try await world.share("shr_2", "Deploy Bot", with: grace, by: ada)
            try await world.share(
                "shr_3", "CRM", with: grace, by: ada, .integration, level: 7)
            // Not before the first has waited.
            world.gateway.clock.advance(seconds: 29)
            #expect(try await world.notices.writeMails().count == 0)
            #expect(world.mails(to: grace).isEmpty)
            world.gateway.clock.advance(seconds: 1)
            let isThere = try await eventually(within: 10_000) {
                try !world.mails(to: grace).isEmpty && world.gateway.pendingMails() == 0
            }
            #expect(isThere)
            let mail = try #require(world.mails(to: grace).first)
            #expect(mail.contains("Subject: ada shared 3 things with you\r\n"))
            #expect(mail.contains("Reply-To: ada <ada@example.com>\r\n"))
            #expect(mail.contains("Shared by: ada (ada@example.com)"))
            #expect(mail.contains("Release notes: You can use it"))
            #expect(mail.contains("Deploy Bot: You can use it"))
            #expect(mail.contains("CRM: Access level 7"))
            #expect(mail.contains("https://app.example.com/start"))
            // No later one, either.
            world.gateway.clock.advance(seconds: 600)
            #expect(try await world.notices.writeMails().count == 0)
            #expect(try world.waiting() == 0)
            #expect(world.mails(to: ada).isEmpty)
        }
    }

    @Test func `one share is named in the subject, and leads to the console`() async throws {
        try await withNotices { world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            try await world.share("shr_1", "Release notes", with: grace, by: ada)
            let mail = try #require(try await world.mailsWhenDue(to: grace).first)
            #expect(mail.contains("Subject: ada shared Release notes with you\r\n"))
            #expect(mail.contains("https://id.example.com/console/"))
            #expect(
                mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"))
            #expect(
                mail.contains(
                    "List-Unsubscribe: <https://id.example.com/notifications/unsubscribe?token="))
        }
    }

    @Test func `shares of several users are one mail without a Reply-To`() async throws {
        try await withNotices { world in
            let ada = try await world.gateway.user("ada")
            let bob = try await world.gateway.user("bob")
            let grace = try await world.gateway.user("grace")
            try await world.share("shr_1", "Release notes", with: grace, by: ada)
            try await world.share("shr_2", "Deploy Bot", with: grace, by: bob)
            let mail = try #require(try await world.mailsWhenDue(to: grace).first)
            #expect(mail.contains("Subject: 2 things were shared with you\r\n"))
            #expect(mail.contains("Shared by: ada (ada@example.com)"))
            #expect(mail.contains("Shared by: bob (bob@example.com)"))
            #expect(!mail.contains("Reply-To"))
        }
    }

    @Test func `the mail is in the user's language, and what users typed can't pass for ours`()
        async throws
    {
        try await withNotices { world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            let set = try await world.gateway.api.call(
                "PATCH", "/api/me", token: grace.token, body: #"{"locale":"de"}"#)
            #expect(set.status == 200)
            try await world.share(
                "shr_1", "<b>Click</b> https://evil.example/x", with: grace, by: ada)
            let mail = try #require(try await world.mailsWhenDue(to: grace).first)
            #expect(mail.contains("hat"))
            #expect(mail.contains("Geteilt von: ada (ada@example.com)"))
            let html = try #require(mail.split(separator: "Content-Type: text/html").last)
            #expect(!html.contains("<b>Click") && html.contains("&lt;b&gt;Click"))
            #expect(!mail.contains("https://evil.example"))
        }
    }

    @Test func `a share that was revoked before its mail is in none`() async throws {
        try await withNotices { world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            try await world.share("shr_1", "Release notes", with: grace, by: ada)
            try await world.share("shr_2", "Deploy Bot", with: grace, by: ada)
            world.entities.revoke("shr_2")
            let mail = try #require(try await world.mailsWhenDue(to: grace).first)
            #expect(mail.contains("Subject: ada shared Release notes with you\r\n"))
            #expect(!mail.contains("Deploy Bot"))
            let bob = try await world.gateway.user("bob")
            try await world.share("shr_3", "Release notes", with: bob, by: ada)
            world.entities.revoke("shr_3")
            try await world.expectNoMail(to: bob)
        }
    }

    @Test(arguments: ["off", "suspended", "deleted"])
    func `users who don't want mails, are suspended or deleted get none`(_ why: String)
        async throws
    {
        try await withNotices { world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            try await world.share("shr_1", "Release notes", with: grace, by: ada)
            let path = "/api/users/\(grace.id)"
            let answer =
                switch why {
                case "off":
                    try await world.gateway.api.call(
                        "PATCH", "/api/me", token: grace.token,
                        body: #"{"emailNotifications":false}"#)
                case "suspended":
                    try await world.gateway.api.call(
                        "PATCH", path, token: adminToken, body: #"{"suspended":true}"#)
                default: try await world.gateway.api.call("DELETE", path, token: adminToken)
                }
            #expect(answer.status < 300, "\(answer.text)")
            // The event can also arrive after that.
            try await world.share("shr_2", "Deploy Bot", with: grace, by: ada)
            try await world.expectNoMail(to: grace)
        }
    }

    @Test func `an event that is delivered again, or by another service, causes no mail`()
        async throws
    {
        try await withNotices { world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            world.entities.add("shr_1", "Release notes")
            for applied in [true, false] {
                let answer = try await world.report(
                    ["shr_1": grace.id], by: ada.id, event: "evt_1")
                #expect(answer.status == 200 && answer.json?["applied"] == .bool(applied))
            }
            let foreign = try await world.report(
                ["shr_2": grace.id], by: ada.id, from: "integrations")
            #expect(foreign.status == 403 && foreign.code == "not_the_senders_fact")
            #expect(try await world.mailsWhenDue(to: grace).count == 1)
            let late = try await world.report(["shr_1": grace.id], by: ada.id, event: "evt_1")
            #expect(late.status == 200)
            world.gateway.clock.advance(seconds: 120)
            #expect(try await world.notices.writeMails().count == 0)
            #expect(try world.waiting() == 0)
        }
    }

    @Test func `mails wait for the service that has their shares, and delay no others`()
        async throws
    {
        try await withNotices { world in
            let ada = try await world.gateway.user("ada")
            let bob = try await world.gateway.user("bob")
            let grace = try await world.gateway.user("grace")
            world.entities.isAway.set(true)
            try await world.share("shr_1", "Release notes", with: bob, by: ada)
            try await world.share("shr_2", "CRM", with: grace, by: ada, .integration, level: 1)
            world.gateway.clock.advance(seconds: 60)
            #expect(await eventually(within: 10_000) { !world.mails(to: grace).isEmpty })
            #expect(await eventually(within: 10_000) { world.entities.questions.value > 1 })
            #expect(world.mails(to: bob).isEmpty)
            let metrics = try await world.gateway.inner.call("GET", "/metrics").text
            #expect(metrics.contains("latchkey_share_notices_waiting 1\n"))
            #expect(metrics.contains("latchkey_share_notices_age_seconds 60\n"))
            world.entities.isAway.set(false)
            #expect(try await world.mailsWhenDue(to: bob).count == 1)
        }
    }

    @Test func `beyond twenty mails a day, shares wait and are in one mail later`() async throws {
        try await withNotices { world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            try await world.gateway.service.database.write { tx in
                for number in 0..<NotificationLimits.mailsPerDay {
                    try UnsubscribeStore.insert([UInt8(number)], of: grace.id, in: tx)
                }
            }
            try await world.share("shr_1", "Release notes", with: grace, by: ada)
            world.gateway.clock.advance(seconds: 3_600)
            try await world.share("shr_2", "Deploy Bot", with: grace, by: ada)
            world.gateway.clock.advance(seconds: 3_600)
            #expect(try await world.notices.writeMails().count == 0)
            #expect(try world.waiting() == 2)
            world.gateway.clock.advance(seconds: 86_400)
            let mail = try #require(try await world.mailsWhenDue(to: grace).first)
            #expect(mail.contains("Subject: ada shared 2 things with you\r\n"))
        }
    }

    @Test func `while no mail can be sent none is written, and one that waits is withdrawn`()
        async throws
    {
        // Nothing listens there.
        let relay = "smtp://127.0.0.1:\(Ports.next())"
        try await withNotices(extra: ["LATCHKEY_EMAIL_URL": relay]) { world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            let notices = world.notices
            try await world.share("shr_1", "Release notes", with: grace, by: ada)
            world.gateway.clock.advance(seconds: 60)
            let isAway = try await eventually(within: 10_000) {
                try world.gateway.pendingMails() == 1 && notices.outbox.outage.current != nil
            }
            #expect(isAway)
            try await world.share("shr_2", "Deploy Bot", with: grace, by: ada)
            world.gateway.clock.advance(seconds: 60)
            #expect(try await notices.writeMails().count == 0)
            #expect(try world.waiting() == 2)
            // The mail that was written names a share that is revoked.
            try await notices.checkWaitingMails()
            #expect(try world.gateway.pendingMails() == 1)
            world.entities.revoke("shr_1")
            try await notices.checkWaitingMails()
            #expect(try world.gateway.pendingMails() == 0)
            #expect(try world.waiting() == 1)
        }
    }

    @Test func `of a mail that waits for a retry, what is left is written anew`() async throws {
        try await withNotices(extra: ["LATCHKEY_EMAIL_URL": "smtp://127.0.0.1:1"]) { world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            let notices = world.notices
            try await world.share("shr_1", "Release notes", with: grace, by: ada)
            try await world.share("shr_2", "Deploy Bot", with: grace, by: ada)
            world.gateway.clock.advance(seconds: 60)
            #expect(
                try await eventually(within: 10_000) { try world.gateway.pendingMails() == 1 })
            world.entities.revoke("shr_1")
            // It may be on its way.
            try await notices.checkWaitingMails()
            #expect(try world.gateway.pendingMails() == 1)
            let retry = world.gateway.clock.now().adding(seconds: 3_000)
            _ = try await world.gateway.service.database.write { tx in
                try tx.execute("UPDATE mails SET next_at = ?1 WHERE id > ''", .time(retry))
            }
            try await notices.checkWaitingMails()
            #expect(try world.gateway.pendingMails() == 0)
            #expect(try world.waiting() == 1)
        }
    }
}
