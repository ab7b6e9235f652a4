import Foundation
import Kernel
import Mail
import SQLite
import TestSupport
import Testing

/// E-mail to a third-party server, read by a third-party library.
@Suite(.serialized, .enabled(if: MailSink.isInstalled, MailSink.reason))
struct MailServerTests {
    private static func message(
        to: String = "ada@example.com", name: String? = nil, subject: String = "Hello",
        text: String = "Hello\n", html: String = "<p>Hello</p>\n"
    ) throws -> MailMessage {
        MailMessage(
            from: try #require(Mailbox("no-reply@latchkey.example", name: "Latchkey, Inc.")),
            to: try #require(Mailbox(to, name: name)), subject: subject, text: text, html: html)
    }

    @Test func `a third-party library reads mails as they were written`() async throws {
        let sink = try await MailSink()
        let target = SMTPTarget(SMTPRelay(host: "127.0.0.1", port: sink.port), by: nil)
        let long = String(repeating: "Wörter und words ", count: 60).trimmingCharacters(in: [" "])
        let samples: [(name: String?, subject: String, text: String)] = [
            (nil, "Hello", "Hello\n"), ("Ada Lovelace", "Your code", "a\n.\n..\nFrom x\nb=c \n"),
            ("Zoë \"Z\" O'Neil, PhD", "Grüße aus Köln: 50 % = ½", "Grüße\t\n\n\n"),
            ("日本語の名前", long, long + "\n"),
            (long, "=?utf-8?Q?x?= \u{2028} \r\nBcc: a@b.de", "\n"),
            ("a@b.de> <x", "😀👩‍👩‍👧‍👦 e\u{301}", "😀👩‍👩‍👧‍👦 e\u{301}\n"),
            ("x\\y", String(repeating: "w", count: 900), String(repeating: "w", count: 5_000)),
        ]
        let date = Timestamp(milliseconds: 1_768_467_600_000)
        for (index, sample) in samples.enumerated() {
            let message = try Self.message(
                name: sample.name, subject: sample.subject, text: sample.text,
                html: "<pre>\(sample.text)</pre>\n")
            try await target.deliver(
                OutgoingMail(
                    id: "mai_\(index)", sender: message.from.address,
                    recipient: message.to.address,
                    bytes: message.bytes(id: "mai_\(index)", date: date)))
        }
        let mails = try await sink.mails()
        #expect(mails.count == samples.count)
        for (index, (mail, sample)) in zip(mails, samples).enumerated() {
            check(mail, sample, index)
        }
    }

    private func check(
        _ mail: JSONValue, _ sample: (name: String?, subject: String, text: String), _ index: Int
    ) {
        let note: Comment = "mail \(index): \(mail)"
        #expect(mail["sender"]?.string == "no-reply@latchkey.example", note)
        #expect(mail["recipients"]?.items.compactMap(\.string) == ["ada@example.com"], note)
        #expect(mail["defects"]?.items.isEmpty == true, note)
        #expect(mail["bare"]?.int == 0, note)
        #expect((mail["longest"]?.int ?? 500) <= 76, note)
        let names = mail["names"]?.items.compactMap(\.string)
        #expect(
            names == [
                "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Auto-Submitted",
                "Content-Type",
            ], note)
        let headers = mail["headers"]
        #expect(headers?["Date"]?.string == "Thu, 15 Jan 2026 09:00:00 +0000", note)
        #expect(headers?["Message-ID"]?.string == "<mai_\(index)@latchkey.example>", note)
        let subject = sample.subject.replacing(" \u{2028} \r\n", with: " ")
        #expect(headers?["Subject"]?.string == subject, note)
        let to = mail["to"]?.items.compactMap(\.string)
        #expect(to == [sample.name ?? "", "ada@example.com"], note)
        let from = mail["from"]?.items.compactMap(\.string)
        #expect(from == ["Latchkey, Inc.", "no-reply@latchkey.example"], note)
        #expect(mail["addressees"]?.int == 2, note)
        let parts = mail["parts"]
        #expect(parts?["text/plain"]?.string == sample.text, note)
        #expect(parts?["text/html"]?.string == "<pre>\(sample.text)</pre>\n", note)
    }

    /// A database with mails and a started relay.
    private struct Post {
        let folder: TemporaryFolder
        let database: Database
        let outbox: MailOutbox
        let relay: MailRelay

        init(to port: UInt16) async throws {
            folder = try TemporaryFolder()
            let (clock, random) = (SystemClock(), SystemRandom())
            database = try Database(
                path: folder.path + "/test.sqlite",
                migrations: [
                    Migration("mails", mailSchema), Migration("tries of mails", mailTriesSchema),
                ],
                readers: 0, clock: clock)
            outbox = MailOutbox(
                keys: SealingKeys(SecretList(random.bytes(32)), purpose: "test"),
                ids: IDMinter(clock: clock, random: random), random: random)
            relay = MailRelay(
                outbox, from: database,
                to: SMTPTarget(SMTPRelay(host: "127.0.0.1", port: port), by: nil),
                report: { _ in })
            await relay.start()
        }

        func add(_ message: MailMessage, count: Int = 1) async throws -> [String] {
            try await database.write { [outbox] tx in
                try (0..<count).map { _ in try outbox.add(message, in: tx) }
            }
        }

        func status(_ id: String) throws -> MailRecord? {
            try database.read { try MailOutbox.find(id, in: $0) }
        }
    }

    @Test func `a permanent refusal is final, and greylisting costs a second`() async throws {
        let sink = try await MailSink()
        let post = try await Post(to: sink.port)
        let refused = try await post.add(try Self.message(to: "x@refused.example"))[0]
        let later = try await post.add(try Self.message(to: "x@later.example"))[0]
        let good = try await post.add(try Self.message())[0]
        post.relay.wake()
        #expect(try await eventually { try post.status(good)?.status == .sent })
        #expect(try await eventually { try post.status(refused)?.status == .failed })
        #expect(try await eventually { try post.status(later)?.status == .sent })
        await post.relay.stop()
        #expect(try post.status(refused)?.lastCode == 550)
        #expect(
            try post.status(refused)?.lastError == "the relay refused the recipient: 550 5.1.1")
        #expect(try post.status(later)?.attempts == 2)
        #expect(try await sink.count() == 2)
    }

    @Test func `500 mails arrive exactly once`() async throws {
        let sink = try await MailSink()
        let post = try await Post(to: sink.port)
        let message = try Self.message(
            text: String(repeating: "Some words of a usual mail. ", count: 40),
            html: String(repeating: "<p>Some words of a usual mail.</p>\n", count: 60))
        let begin = Date()
        let ids = try await post.add(message, count: 500)
        post.relay.wake()
        #expect(try await eventually(within: 60_000) { try post.relay.statistics().pending == 0 })
        let seconds = Date().timeIntervalSince(begin)
        print("500 mails in \(seconds) s: \(Int(500 / seconds)) a second")
        await post.relay.stop()
        let arrived = try await sink.mails().compactMap { $0["headers"]?["Message-ID"]?.string }
        #expect(arrived.count == 500)
        #expect(Set(arrived) == Set(ids.map { "<\($0)@latchkey.example>" }))
    }

    @Test func `no mail is lost when connections are cut`() async throws {
        let sink = try await MailSink()
        let post = try await Post(to: sink.port)
        let ids = try await post.add(try Self.message(), count: 300)
        post.relay.wake()
        for _ in 0..<20 {
            try await sink.drop()
            try await Task.sleep(for: .milliseconds(50))
        }
        // A mail waits 5 s after the second failure, and 30 s after the third.
        #expect(try await eventually(within: 60_000) { try post.relay.statistics().pending == 0 })
        await post.relay.stop()
        let arrived = try await sink.mails().compactMap { $0["headers"]?["Message-ID"]?.string }
        #expect(Set(arrived) == Set(ids.map { "<\($0)@latchkey.example>" }))
        #expect(try post.relay.statistics().totals.sent == 300)
    }
}
