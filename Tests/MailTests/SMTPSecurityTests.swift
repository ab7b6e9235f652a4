import TLS
import TestSupport
import Testing

@testable import Mail

/// Relays, and those between, that end TLS before it begins or put something in front of it.
@Suite struct SMTPSecurityTests {
    private let mail = OutgoingMail(
        id: "mai_1", sender: "from@latchkey.example", recipient: "ada@example.com",
        bytes: Array("x\r\n".utf8))

    private func failure(
        _ relay: FakeRelay, _ security: SMTPRelay.Security, milliseconds: Int = 5_000
    ) async throws -> MailFailure? {
        let isChecked = security != .opportunistic
        let setting = SMTPRelay(
            host: "127.0.0.1", port: relay.port, security: security,
            login: isChecked ? SMTPLogin(user: "someone", password: "secret") : nil)
        var options = SMTPTarget.Options()
        options.connectMilliseconds = milliseconds
        let target = SMTPTarget(setting, by: try setting.makeTLS(), options)
        do throws(MailFailure) {
            try await target.deliver(mail)
            return nil
        } catch {
            // Whatever happens before TLS, there is no login.
            #expect(!relay.commands.contains { $0.contains("AUTH") || $0.contains("MAIL") })
            return error
        }
    }

    /// Offers STARTTLS, and answers it by `act`.
    private func relay(
        offering offer: String = "STARTTLS", _ act: @escaping @Sendable (RawClient) throws -> String
    ) -> FakeRelay {
        FakeRelay { connection, command in
            if command.text.hasPrefix("EHLO") {
                return "250-relay\r\n250-AUTH PLAIN LOGIN\r\n250 \(offer)\r\n"
            }
            return command.text == "STARTTLS" ? try act(connection) : nil
        }
    }

    @Test(arguments: ["SIZE", "XSTARTTLS", "STARTTLSX", "XXXXXXXX"])
    func `an offer without STARTTLS sends nothing where TLS is required`(
        _ offer: String
    ) async throws {
        let relay = relay(offering: offer) { _ in "220 go on\r\n" }
        #expect(
            try await failure(relay, .required)
                == MailFailure(.outage, "the relay doesn't offer STARTTLS"))
        #expect(try await failure(relay, .opportunistic) == nil)
        #expect(!relay.commands.contains("STARTTLS"))
    }

    @Test(arguments: [("454 4.7.0 not now", 454), ("502 what?", 502), ("554 5.7.3 no", 554)])
    func `refused STARTTLS sends nothing where TLS is required`(
        _ answer: String, _ code: Int
    ) async throws {
        let relay = relay { _ in "\(answer)\r\n" }
        let failure = try await failure(relay, .required)
        #expect(failure?.kind == .outage && failure?.code == code)
        #expect(failure?.reason.hasPrefix("the relay refused STARTTLS: \(code)") == true)
        #expect(try await self.failure(relay, .opportunistic) == nil)
    }

    /// The replies that follow would be read as if they were encrypted.
    @Test(
        arguments: ["250-x\r\n250 AUTH PLAIN\r\n", "2", "\r\n", "\u{16}\u{3}\u{1}"],
        [SMTPRelay.Security.required, .opportunistic])
    func `bytes behind the reply to STARTTLS end the connection`(
        _ more: String, _ security: SMTPRelay.Security
    ) async throws {
        let relay = relay { _ in "220 go on\r\n\(more)" }
        #expect(
            try await failure(relay, security)
                == MailFailure(.outage, "the relay sent bytes after its reply to STARTTLS"))
        #expect(relay.connections == 1)
    }

    /// What a relay sends in place of a handshake.
    @Test(arguments: [
        "plain": "250 ok\r\n",
        // An alert: handshake_failure.
        "alert": "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}",
        "closed": "",
    ]) func `without TLS nothing is sent where it is required`(
        _ name: String, _ text: String
    ) async throws {
        for isReset in [false, true] {
            let relay = relay { connection in
                try connection.send("220 go on\r\n")
                _ = try connection.receive()
                try connection.send(text)
                if isReset { connection.reset() }
                throw RawFailure.ended
            }
            #expect(
                try await failure(relay, .required)
                    == MailFailure(.outage, "the TLS handshake with the relay failed"))
            // Opportunistic: over a new connection, without it.
            #expect(try await failure(relay, .opportunistic) == nil)
            #expect(relay.connections == 3)
        }
    }

    @Test func `a relay that is silent in the handshake times out`() async throws {
        let relay = relay { connection in
            try connection.send("220 go on\r\n")
            _ = try connection.receive(through: "never")
            return ""
        }
        #expect(
            try await failure(relay, .required, milliseconds: 200)
                == MailFailure(.outage, "the TLS handshake with the relay failed"))
    }

    @Test func `a relay that begins without TLS gets nothing where it begins with it`() async throws
    {
        let relay = FakeRelay()
        #expect(
            try await failure(relay, .immediate)
                == MailFailure(.outage, "the TLS handshake with the relay failed"))
        #expect(!relay.commands.contains { $0.hasPrefix("EHLO") })
    }

    @Test func `where TLS can't be used, a relay that requires it gets nothing`() async throws {
        let relay = relay { _ in "220 go on\r\n" }
        for security in [SMTPRelay.Security.required, .immediate] {
            let setting = SMTPRelay(host: "127.0.0.1", port: relay.port, security: security)
            let failure = await caught(MailFailure.self) {
                try await SMTPTarget(setting, by: nil).deliver(mail)
            }
            #expect(failure == MailFailure(.outage, "TLS can't be used"))
        }
        #expect(!relay.commands.contains { $0.hasPrefix("MAIL") })
    }
}
