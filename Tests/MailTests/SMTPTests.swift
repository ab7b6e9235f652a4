import TestSupport
import Testing

@testable import Mail

/// A relay that behaves, and one that refuses.
@Suite struct SMTPTests {
    private func mail(_ id: String = "mai_1", _ content: String = "a\r\n.\r\nb") -> OutgoingMail {
        OutgoingMail(
            id: id, sender: "from@latchkey.example", recipient: "ada@example.com",
            bytes: Array(content.utf8))
    }

    private func failure(_ target: SMTPTarget, _ mail: OutgoingMail) async -> MailFailure? {
        do throws(MailFailure) {
            try await target.deliver(mail)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a mail is sent by RFC 5321`() async throws {
        let relay = FakeRelay()
        let target = SMTPTarget(host: "127.0.0.1", port: relay.port)
        try await target.deliver(mail())
        #expect(relay.mails == ["a\r\n..\r\nb\r\n.\r\n"])
        #expect(
            relay.commands == [
                "connect", "EHLO [127.0.0.1]", "MAIL FROM:<from@latchkey.example>",
                "RCPT TO:<ada@example.com>", "DATA", ".",
            ])
    }

    @Test func `the relay's name is resolved, and our name is sent in EHLO`() async throws {
        let relay = FakeRelay()
        var options = SMTPTarget.Options()
        options.name = "mail.latchkey.example"
        let target = SMTPTarget(host: "localhost", port: relay.port, options)
        try await target.deliver(mail())
        #expect(relay.commands[1] == "EHLO mail.latchkey.example")
    }

    @Test func `one connection carries many mails and ends with QUIT`() async throws {
        let relay = FakeRelay()
        let target = SMTPTarget(host: "127.0.0.1", port: relay.port)
        for number in 0..<20 { try await target.deliver(mail("mai_\(number)", "\(number)")) }
        #expect(relay.mails == (0..<20).map { "\($0)\r\n.\r\n" })
        #expect(relay.connections == 1)
        target.close(idleFor: 60_000)
        #expect(!relay.commands.contains("QUIT"))
        target.close(idleFor: 0)
        #expect(await eventually { relay.commands.last == "QUIT" })
    }

    @Test func `a refused mail keeps the connection`() async throws {
        let relay = FakeRelay { _, command in
            command.text.hasPrefix("RCPT") && command.number == 0 ? "550 5.1.1 no\r\n" : nil
        }
        let target = SMTPTarget(host: "127.0.0.1", port: relay.port)
        #expect(
            await failure(target, mail())
                == MailFailure(
                    .permanent, "the relay refused the recipient: 550 5.1.1", code: 550))
        #expect(await failure(target, mail()) == nil)
        #expect(relay.connections == 1)
        #expect(relay.commands.count { $0 == "RSET" } == 1)
    }

    @Test(
        arguments: [
            ("MAIL", "452 4.3.1 full", MailFailure.Kind.temporary, "the sender: 452 4.3.1"),
            ("MAIL", "550 no", .outage, "the sender: 550"),
            ("MAIL", "530 5.7.0 log in", .outage, "the sender: 530 5.7.0"),
            ("RCPT", "450 4.2.1 later", .temporary, "the recipient: 450 4.2.1"),
            ("RCPT", "553-5.1.3 a\r\n553 5.1.3 b", .permanent, "the recipient: 553 5.1.3"),
            ("DATA", "451 no", .temporary, "DATA: 451"),
            ("DATA", "554 no", .permanent, "DATA: 554"),
            (".", "451 4.7.1 greylisted", .temporary, "the content: 451 4.7.1"),
            (".", "552 5.3.4 big", .permanent, "the content: 552 5.3.4"),
        ])
    func `4xx is temporary, 5xx permanent, and the failure names step and code`(
        _ word: String, _ answer: String, _ kind: MailFailure.Kind, _ reason: String
    ) async throws {
        let relay = FakeRelay { _, command in
            command.text.hasPrefix(word) ? "\(answer)\r\n" : nil
        }
        let target = SMTPTarget(host: "127.0.0.1", port: relay.port)
        let failure = await failure(target, mail())
        #expect(
            failure
                == MailFailure(
                    kind, "the relay refused \(reason)", code: Int(answer.prefix(3))))
    }

    @Test func `HELO is used where EHLO is refused`() async throws {
        let relay = FakeRelay { _, command in
            command.text.hasPrefix("EHLO") ? "502 what?\r\n" : nil
        }
        try await SMTPTarget(host: "127.0.0.1", port: relay.port).deliver(mail())
        #expect(relay.commands[2] == "HELO [127.0.0.1]")
    }

    @Test func `replies in many lines and pieces are parsed`() async throws {
        let relay = FakeRelay { connection, command in
            guard command.text != "DATA" else { return nil }
            let code = command.text == "connect" ? 220 : 250
            for byte in "\(code)-one\r\n\(code)-two\n\(code) three\r".utf8 {
                try connection.send([byte])
            }
            pauseThread(milliseconds: 2)
            return "\n"
        }
        let target = SMTPTarget(host: "127.0.0.1", port: relay.port)
        for number in 0..<3 { try await target.deliver(mail("mai_\(number)")) }
        #expect(relay.mails.count == 3)
    }

    @Test func `mails use several connections, so that a slow one doesn't delay others`() async {
        let relay = FakeRelay { connection, command in
            if command.text.hasSuffix("slow@example.com>") {
                try FakeRelay.silence(connection)
            }
            return nil
        }
        let target = SMTPTarget(host: "127.0.0.1", port: relay.port)
        let slow = OutgoingMail(
            id: "mai_0", sender: "a@b.de", recipient: "slow@example.com", bytes: [])
        let task = Task { await failure(target, slow) }
        for number in 1...20 { #expect(await failure(target, mail("mai_\(number)")) == nil) }
        // The slow one is still being delivered.
        #expect(relay.mails.count == 20)
        task.cancel()
        #expect(await task.value == SMTPAttempt.cancelled)
    }
}
