import TestSupport
import Testing

@testable import Mail

/// Relays that close the connection, stay silent or send invalid replies.
@Suite struct SMTPTroubleTests {
    private let mail = OutgoingMail(
        id: "mai_1", sender: "from@latchkey.example", recipient: "ada@example.com",
        bytes: Array("hello\r\n".utf8))

    private func target(_ relay: FakeRelay, reply milliseconds: Int = 5_000) -> SMTPTarget {
        var options = SMTPTarget.Options()
        options.replyMilliseconds = milliseconds
        options.connectMilliseconds = milliseconds
        options.endMilliseconds = milliseconds
        return SMTPTarget(host: "127.0.0.1", port: relay.port, options)
    }

    private func failure(_ target: SMTPTarget) async -> MailFailure? {
        do throws(MailFailure) {
            try await target.deliver(mail)
            return nil
        } catch {
            return error
        }
    }

    /// A relay that fails at its first `word`, and works afterwards.
    private func relay(
        at word: String, _ act: @escaping @Sendable (RawClient) throws -> String
    ) -> FakeRelay {
        FakeRelay { connection, command in
            guard command.text.hasPrefix(word), command.number == 0 else { return nil }
            return try act(connection)
        }
    }

    @Test(arguments: ["connect", "EHLO", "MAIL"])
    func `a failure before MAIL FROM is an outage, and the next attempt reconnects`(
        _ word: String
    ) async {
        for answer in ["421 4.3.2 going down\r\n", "SSH-2.0-x\r\n", "250-a\r\n251 b\r\n"] {
            let relay = relay(at: word) { _ in answer }
            let target = target(relay)
            #expect(await failure(target)?.kind == .outage, "\(answer)")
            #expect(await failure(target) == nil, "\(answer)")
            #expect(relay.connections == 2)
        }
        let closing = relay(at: word) { _ in throw RawFailure.ended }
        #expect(
            await failure(target(closing))
                == MailFailure(.outage, "the relay closed the connection"))
    }

    @Test(arguments: ["RCPT", "DATA", "."])
    func `a later failure is temporary for the mail, and the next attempt reconnects`(
        _ word: String
    ) async {
        for answer in ["421 4.3.2 going down\r\n", "gibberish\r\n", "299-x\r\n299 y\r\n"]
        where word != "DATA" || !answer.hasPrefix("299") {
            let relay = relay(at: word) { _ in answer }
            let target = target(relay)
            let kind: MailFailure.Kind? = answer.hasPrefix("299") ? nil : .temporary
            #expect(await failure(target)?.kind == kind, "\(answer)")
            #expect(await failure(target) == nil, "\(answer)")
        }
        let closing = relay(at: word) { _ in throw RawFailure.ended }
        let target = target(closing)
        #expect(
            await failure(target) == MailFailure(.temporary, "the relay closed the connection"))
        #expect(await failure(target) == nil)
    }

    @Test func `no content is sent if DATA is answered with 250`() async {
        let relay = relay(at: "DATA") { _ in "250 ok\r\n" }
        let target = target(relay)
        #expect(await failure(target)?.kind == .temporary)
        #expect(relay.mails.isEmpty)
    }

    @Test(arguments: [("554 5.7.1 not you\r\n", 554), ("421 busy\r\n", 421)])
    func `a relay that refuses connections fails no mail`(_ greeting: String, _ code: Int) async {
        let relay = FakeRelay { _, command in command.text == "connect" ? greeting : nil }
        let failure = await failure(target(relay))
        #expect(failure?.kind == .outage)
        #expect(failure?.code == code)
    }

    @Test(arguments: ["connect", "EHLO", "MAIL", "RCPT", "DATA", "."])
    func `a silent relay times out`(_ word: String) async {
        let relay = relay(at: word) { try FakeRelay.silence($0) }
        let failure = await failure(target(relay, reply: 100))
        #expect(failure?.reason == "the relay did not answer in time")
        #expect(
            failure?.kind == (["connect", "EHLO", "MAIL"].contains(word) ? .outage : .temporary))
    }

    @Test func `a reply byte by byte has no more time than others`() async {
        let relay = relay(at: "RCPT") { connection in
            for _ in 0..<200 {
                try connection.send("2")
                pauseThread(milliseconds: 20)
            }
            return ""
        }
        let failure = await failure(target(relay, reply: 200))
        #expect(failure == MailFailure(.temporary, "the relay did not answer in time"))
    }

    @Test func `an endless reply is refused`() async {
        let endless = [
            String(repeating: "x", count: 10_000), String(repeating: "250-x\r\n", count: 10_000),
        ]
        for text in endless {
            let relay = relay(at: "RCPT") { _ in text }
            #expect(
                await failure(target(relay))
                    == MailFailure(.temporary, "the relay sent an invalid reply"))
        }
    }

    @Test func `an idle connection closed in between costs no attempt`() async {
        let relay = FakeRelay { connection, command in
            // The reply to the content is the last of this connection.
            guard command.text == "." else { return nil }
            try connection.send("250 ok\r\n421 4.4.2 idle\r\n")
            throw RawFailure.ended
        }
        let target = target(relay)
        for _ in 0..<3 { #expect(await failure(target) == nil) }
        #expect(relay.connections == 3)
    }

    @Test func `an idle connection that closes at the next mail costs no attempt`() async {
        let relay = FakeRelay { _, command in
            guard command.text.hasPrefix("MAIL"), command.number == 1 else { return nil }
            return "421 4.4.2 too late\r\n"
        }
        let target = target(relay)
        for _ in 0..<3 { #expect(await failure(target) == nil) }
        #expect(relay.connections == 2)
        #expect(relay.mails.count == 3)
    }

    @Test func `unsolicited replies are not attributed to a mail`() async {
        let relay = FakeRelay { _, command in
            guard command.text.hasPrefix("RCPT"), command.number == 0 else { return nil }
            return "250 ok\r\n250 ok\r\n250 ok\r\n"
        }
        let target = target(relay)
        #expect(await failure(target)?.kind == .temporary)
        #expect(relay.mails.isEmpty)
        #expect(await failure(target) == nil)
    }

    @Test func `an unreachable relay is an outage`() async {
        let closed = SMTPTarget(host: "127.0.0.1", port: Ports.next())
        #expect(await failure(closed) == MailFailure(.outage, "the relay can't be reached"))
        let nameless = SMTPTarget(host: "relay.invalid", port: 25)
        #expect(await failure(nameless) == MailFailure(.outage, "the relay has no address"))
    }

    @Test func `a cancelled delivery doesn't wait for the relay`() async {
        for word in ["connect", "DATA"] {
            let relay = relay(at: word) { try FakeRelay.silence($0) }
            let target = target(relay, reply: 300_000)
            let task = Task { await failure(target) }
            #expect(await eventually { relay.commands.contains(word) })
            task.cancel()
            #expect(await task.value == SMTPAttempt.cancelled)
            // A delivery cancelled before it started.
            let late = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure(target)
            }
            #expect(await late.value == SMTPAttempt.cancelled)
        }
    }
}
