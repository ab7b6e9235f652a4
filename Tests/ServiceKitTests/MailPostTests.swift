import EventLoop
import FoundationEssentials
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
        #expect(
            relay.url
                == .smtp(SMTPRelay(host: "relay", port: 2525, security: .opportunistic)))
        #expect(mistakes.isEmpty)
    }

    @Test func `a relay with a login can be given as a file`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/url"
        try Data("smtps://user:p%40ss@relay\n".utf8).write(to: URL(fileURLWithPath: path))
        let (settings, mistakes) = mail(["LATCHKEY_EMAIL_URL_FILE": path])
        let login = SMTPLogin(user: "user", password: "p@ss")
        #expect(
            settings.url
                == .smtp(SMTPRelay(host: "relay", port: 465, security: .immediate, login: login)))
        #expect(mistakes.isEmpty)
    }

    @Test func `an invalid mail URL is reported with the rule, without its value`() {
        let urls = [
            "smtp:relay", "smtp://someone:sec@ret@relay", "smtp://someone:secret@relay?tls=none",
            "smtp://someone:secret@relay?tls=perhaps",
        ]
        for url in urls {
            let (settings, mistakes) = mail(["LATCHKEY_EMAIL_URL": url])
            #expect(settings.url == .file(folder: "/data/mail"))
            #expect(mistakes.count == 1 && mistakes[0].hasPrefix("LATCHKEY_EMAIL_URL must "))
            #expect(!mistakes[0].contains("someone") && !mistakes[0].contains("ret@"))
        }
    }

    @Test func `the start says where mail is sent, without the login`() async throws {
        let folder = try TemporaryFolder()
        let (settings, _) = mail(["LATCHKEY_EMAIL_URL": "smtps://someone:secret@relay.example"])
        let book = LogBook()
        let runtime = Runtime(
            group: EventLoopGroup(count: 1), logger: book.logger(), clock: FakeClock())
        let database = try Database(
            path: folder.path + "/test.sqlite",
            migrations: [
                Migration("mails", mailSchema), Migration("tries of mails", mailTriesSchema),
            ],
            readers: 0, clock: FakeClock())
        let worker = try await MailWorker(
            settings, from: database, secrets: SecretList(secret), runtime)
        await worker.stop()
        #expect(book.text.contains(#""host":"relay.example""#))
        #expect(book.text.contains(#""tls":"immediate""#))
        #expect(!book.text.contains("someone") && !book.text.contains("secret"))
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
        let post = try await MailWorker(
            MailSettings(url: .file(folder: folder.path + "/mail")), from: database,
            secrets: SecretList(secret), runtime)
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
        #expect(text.text.contains("latchkey_mail_available 1\n"))
        try await database.write { [outbox = post.outbox] in _ = try outbox.add(message, in: $0) }
        clock.advance(seconds: 90)
        text = MetricsText()
        post.writeMetrics(&text)
        #expect(text.text.contains("latchkey_mail_pending 1\n"))
        #expect(text.text.contains("latchkey_mail_age_seconds 90\n"))
    }
}
