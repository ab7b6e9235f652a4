import EventLoop
import Kernel
import Mail
import SQLite
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct MailPostTests {
    private func mail(_ environment: [String: String]) -> (MailSettings, [String]) {
        var settings = Settings(environment)
        let mail = MailSettings(&settings, dataDirectory: "/data")
        return (mail, settings.mistakes)
    }

    @Test func `without a relay, mail is written to the data folder`() {
        #expect(mail([:]) == (MailSettings(url: .file(folder: "/data/mail")), []))
        let (relay, mistakes) = mail(["LATCHKEY_EMAIL_URL": "smtp://relay:2525"])
        #expect(relay.url == .smtp(host: "relay", port: 2525))
        #expect(mistakes.isEmpty)
    }

    @Test func `an invalid mail URL is reported with the rule, without its value`() {
        let (_, mistakes) = mail(["LATCHKEY_EMAIL_URL": "smtps://user:password@relay"])
        #expect(
            mistakes == [
                "LATCHKEY_EMAIL_URL must be file:<folder> or smtp://host[:port], without user, "
                    + "password and path"
            ])
    }

    @Test func `a mail becomes a file and is counted`() async throws {
        let folder = try TemporaryFolder()
        let clock = FakeClock()
        let runtime = Runtime(
            group: EventLoopGroup(count: 1), logger: LogBook().logger(), clock: clock)
        let database = try Database(
            path: folder.path + "/test.sqlite",
            migrations: [
                Migration("mails", mailSchema), Migration("tries of mails", mailTriesSchema),
            ],
            readers: 0, clock: clock)
        let post = await MailWorker(
            MailSettings(url: .file(folder: folder.path + "/mail")), from: database,
            secret: secret, runtime)
        let address = try #require(Mailbox("ada@example.com"))
        let message = MailMessage(from: address, to: address, subject: "x", text: "", html: "")
        let id = try await database.write { [outbox = post.outbox] in
            try outbox.add(message, in: $0)
        }
        post.wake()
        #expect(
            try await eventually {
                try database.read { try MailOutbox.find(id, in: $0)?.status == .sent }
            })
        let file = try #require(
            try TemporaryFolder.contents(of: folder.path + "/mail")["\(id).eml"])
        #expect(file == message.bytes(id: id, date: clock.now()))
        await post.stop()
        var text = MetricsText()
        post.writeMetrics(&text)
        #expect(text.text.contains("latchkey_mail_pending 0\n"))
        #expect(text.text.contains("latchkey_mail_sent_total 1\n"))
        try await database.write { [outbox = post.outbox] in _ = try outbox.add(message, in: $0) }
        clock.advance(seconds: 90)
        text = MetricsText()
        post.writeMetrics(&text)
        #expect(text.text.contains("latchkey_mail_pending 1\n"))
        #expect(text.text.contains("latchkey_mail_age_seconds 90\n"))
    }
}
