import Foundation
import Mail
import TLS
import TestSupport
import Testing

/// E-mail over TLS with a login, to a third-party server with valid and invalid certificates.
@Suite(.serialized, .enabled(if: MailSink.isInstalled, MailSink.reason))
struct MailTLSTests {
    private struct NotARelay: Error {}

    private func relay(_ url: String) throws -> SMTPRelay {
        guard case .smtp(let relay) = try MailURL(url, dataFolder: "") else { throw NotARelay() }
        return relay
    }

    /// Delivers a mail as a service does whose LATCHKEY_EMAIL_URL is `url`.
    private func send(_ url: String, trusting certificates: String?) async throws -> MailFailure? {
        let relay = try relay(url)
        let target = SMTPTarget(relay, by: try relay.makeTLS(trusting: certificates))
        let mail = OutgoingMail(
            id: "mai_1", sender: "from@latchkey.example", recipient: "ada@example.com",
            bytes: Array("Subject: x\r\n\r\n.\r\nhello\r\n".utf8))
        do throws(MailFailure) {
            // The second is sent over the connection of the first.
            for _ in 0..<2 { try await target.deliver(mail) }
            return nil
        } catch {
            return error
        }
    }

    @Test func `mails are sent over TLS with one login for each connection`() async throws {
        let sink = try await MailSink()
        for url in [
            "smtp://\(sink.address("starttls", "good"))",
            "smtp://\(sink.address("starttls", "good"))?tls=required",
            "smtp://\(sink.address("starttls", "named", host: "localhost"))",
            "smtps://\(sink.address("tls", "good"))",
            "smtps://\(sink.address("tls", "named", host: "localhost"))?tls=required",
            "smtp://\(sink.address("prompts"))",
        ] {
            #expect(try await send(url, trusting: sink.certificates) == nil, "\(url)")
        }
        let plain = Array(repeating: "PLAIN TLS", count: 5)
        #expect(try await sink.logins() == plain + ["LOGIN TLS"])
        #expect(try await sink.count() == 12)
    }

    @Test(arguments: ["smtp starttls", "smtps tls"])
    func `a certificate must be valid, match the host and be trusted, or nothing is sent`(
        _ kind: String
    ) async throws {
        let sink = try await MailSink()
        let words = kind.split(separator: " ").map(String.init)
        let (scheme, port) = (words[0], words[1])
        func failure(_ certificate: String, trusting file: String?) async throws -> MailFailure? {
            try await send("\(scheme)://\(sink.address(port, certificate))", trusting: file)
        }
        for (certificate, fault) in [
            ("expired", "has expired"), ("other", "is for another name"),
            ("named", "is for another name"),
        ] {
            #expect(
                try await failure(certificate, trusting: sink.certificates)
                    == MailFailure(.outage, "the relay's certificate \(fault)"))
        }
        #expect(
            try await failure("good", trusting: nil)
                == MailFailure(.outage, "the relay's certificate is not from a trusted authority"))
        #expect(
            try await failure("old", trusting: sink.certificates)
                == MailFailure(.outage, "the TLS handshake with the relay failed"))
        #expect(try await sink.logins().isEmpty)
        #expect(try await sink.count() == 0)
    }

    @Test func `opportunistic TLS protects the mail, whatever the certificate`() async throws {
        let sink = try await MailSink()
        for certificate in ["good", "expired", "other"] {
            let address = sink.address("starttls", certificate)
            let host = address[(address.firstIndex(of: "@") ?? address.startIndex)...].dropFirst()
            // The server accepts no mail without a login; that it is asked for one shows TLS.
            let failure = try await send("smtp://\(host)", trusting: nil)
            #expect(failure?.code == 530)
            #expect(failure?.reason == "the relay refused the sender: 530 5.7.0")
        }
        #expect(try await send("smtp://127.0.0.1:\(sink.port)", trusting: nil) == nil)
        #expect(try await sink.count() == 2)
    }

    @Test func `a refused login is a failure of its own, without the password`() async throws {
        let sink = try await MailSink()
        for url in [
            "smtp://\(sink.address("starttls", "good", password: "wrong"))",
            "smtps://\(sink.address("tls", "good", password: "wrong"))",
            "smtp://\(sink.address("prompts", password: "wrong"))",
        ] {
            #expect(
                try await send(url, trusting: sink.certificates)
                    == MailFailure(.login, "the relay refused the login: 535 5.7.8", code: 535))
        }
        #expect(try await sink.count() == 0)
    }

    /// More than the sockets take at once.
    @Test func `a large mail arrives unchanged`() async throws {
        let sink = try await MailSink()
        let relay = try relay("smtps://\(sink.address("tls", "good"))")
        let line = String(repeating: "x", count: 70) + "\r\n"
        let body = String(repeating: line, count: 200_000)
        try await SMTPTarget(relay, by: try relay.makeTLS(trusting: sink.certificates)).deliver(
            OutgoingMail(
                id: "mai_1", sender: "from@latchkey.example", recipient: "ada@example.com",
                bytes: Array("Subject: x\r\n\r\n\(body)".utf8)))
        #expect(try await sink.count() == 1)
    }
}
