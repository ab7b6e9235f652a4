import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Mail

/// Logging in to a relay on this machine, without TLS: with it the same bytes are encrypted.
@Suite struct SMTPLoginTests {
    private let mail = OutgoingMail(
        id: "mai_1", sender: "from@latchkey.example", recipient: "ada@example.com",
        bytes: Array("x\r\n".utf8))
    private let login = SMTPLogin(user: "ada@example.com", password: "pä ss:word")

    private func target(
        _ relay: FakeRelay, _ login: SMTPLogin? = nil, host: String = "127.0.0.1"
    ) -> SMTPTarget {
        SMTPTarget(
            SMTPRelay(host: host, port: relay.port, login: login ?? self.login), by: nil)
    }

    private func failure(_ target: SMTPTarget) async -> MailFailure? {
        do throws(MailFailure) {
            try await target.deliver(mail)
            return nil
        } catch {
            return error
        }
    }

    /// A relay that offers `mechanisms`, and answers what comes after EHLO by `answers`.
    private func relay(_ mechanisms: String, _ answers: [String: String] = [:]) -> FakeRelay {
        FakeRelay { _, command in
            if command.text.hasPrefix("EHLO") {
                return "250-relay\r\n250-\(mechanisms)\r\n250 SIZE\r\n"
            }
            return answers[command.text].map { "\($0)\r\n" }
        }
    }

    private static let plain = "AUTH PLAIN AGFkYUBleGFtcGxlLmNvbQBww6Qgc3M6d29yZA=="
    private static let (user, password) = ("YWRhQGV4YW1wbGUuY29t", "cMOkIHNzOndvcmQ=")

    @Test(arguments: ["AUTH PLAIN LOGIN", "AUTH LOGIN PLAIN CRAM-MD5", "auth plain", "AUTH=PLAIN"])
    func `PLAIN is preferred, once for all mails of a connection`(_ offer: String) async {
        let relay = relay(offer, [Self.plain: "235 2.7.0 ok"])
        let target = target(relay)
        #expect(await failure(target) == nil)
        #expect(await failure(target) == nil)
        #expect(Array(relay.commands[2...3]) == [Self.plain, "MAIL FROM:<from@latchkey.example>"])
        #expect(relay.commands.count { $0.hasPrefix("AUTH") } == 1)
    }

    private static let prompts = [
        "AUTH LOGIN": "334 VXNlcm5hbWU6", user: "334 anything", password: "235 ok",
    ]

    @Test func `LOGIN is used where there is no PLAIN`() async {
        let relay = relay("AUTH XOAUTH2 LOGIN", Self.prompts)
        #expect(await failure(target(relay)) == nil)
        #expect(Array(relay.commands[2...4]) == ["AUTH LOGIN", Self.user, Self.password])
    }

    @Test func `LOGIN is used where PLAIN is offered, but not there`() async {
        let relay = relay(
            "AUTH PLAIN LOGIN", Self.prompts.merging([Self.plain: "504 5.5.4 no"]) { $1 })
        #expect(await failure(target(relay)) == nil)
        #expect(Array(relay.commands[2...3]) == [Self.plain, "AUTH LOGIN"])
    }

    @Test func `a long password waits for the relay's word`() async {
        let long = SMTPLogin(user: "ada", password: String(repeating: "x", count: 600))
        let message = Base64.encode(Array("\u{0}ada\u{0}\(long.password)".utf8))
        let relay = relay("AUTH PLAIN", ["AUTH PLAIN": "334 ", message: "235 ok"])
        #expect(await failure(target(relay, long)) == nil)
        #expect(Array(relay.commands[2...3]) == ["AUTH PLAIN", message])
    }

    @Test(
        arguments: [
            ("535 5.7.8 bad password", MailFailure.Kind.login, "refused the login: 535 5.7.8", 535),
            ("535-5.7.8 a\r\n535 5.7.8 b", .login, "refused the login: 535 5.7.8", 535),
            ("534 5.7.9 too weak", .login, "refused the login: 534 5.7.9", 534),
            ("538 encrypt", .login, "refused the login: 538", 538),
            ("454 4.7.0 later", .outage, "refused the login: 454 4.7.0", 454),
            ("421 bye", .outage, "is not available", 421),
            ("334 more", .outage, "sent an unexpected reply to the login", 334),
            ("535 no\r\n535 no", .login, "refused the login: 535", 535),
            ("hello", .outage, "sent an invalid reply", nil),
        ] as [(String, MailFailure.Kind, String, Int?)])
    func `a refused login is a failure of the configuration, and no mail is sent`(
        _ answer: String, _ kind: MailFailure.Kind, _ reason: String, _ code: Int?
    ) async {
        let relay = relay("AUTH PLAIN LOGIN", [Self.plain: answer])
        #expect(
            await failure(target(relay)) == MailFailure(kind, "the relay \(reason)", code: code))
        #expect(!relay.commands.contains { $0.hasPrefix("MAIL") })
    }

    @Test(arguments: ["AUTH LOGIN", user, password])
    func `LOGIN can be refused at each prompt`(_ step: String) async {
        let relay = relay("AUTH LOGIN", Self.prompts.merging([step: "535 5.7.8 no"]) { $1 })
        #expect(
            await failure(target(relay))
                == MailFailure(.login, "the relay refused the login: 535 5.7.8", code: 535))
        #expect(relay.commands.last == step)
    }

    @Test(arguments: ["SIZE 1", "AUTH", "AUTH CRAM-MD5 XOAUTH2", "XAUTH PLAIN", "AUTHPLAIN LOGIN"])
    func `a relay without PLAIN and LOGIN gets no mail`(_ offer: String) async {
        let relay = relay(offer)
        #expect(
            await failure(target(relay))
                == MailFailure(.outage, "the relay offers no login with AUTH PLAIN or LOGIN"))
        #expect(relay.commands.count == 2)
    }

    /// Whoever creates the target has checked that; the connection checks it again.
    @Test func `without TLS, only a relay on this machine sees a login`() async {
        let relay = relay("AUTH PLAIN", [Self.plain: "235 ok"])
        #expect(
            await failure(target(relay, host: "localhost"))
                == MailFailure(.outage, "there is no login without TLS"))
        #expect(relay.commands.count == 2)
    }

    @Test func `one login is tried at a time until it succeeds`() async {
        let isRefused = Atomic(1)
        let relay = FakeRelay { _, command in
            if command.text.hasPrefix("EHLO") { return "250-relay\r\n250 AUTH PLAIN\r\n" }
            guard command.text.hasPrefix("AUTH") else { return nil }
            return isRefused.load(ordering: .relaxed) == 1 ? "535 no\r\n" : "235 ok\r\n"
        }
        let target = target(relay)
        #expect(target.concurrency == 1)
        #expect(await failure(target)?.kind == .login)
        #expect(target.concurrency == 1)
        isRefused.store(0, ordering: .relaxed)
        #expect(await failure(target) == nil)
        #expect(target.concurrency == 4)
        target.close(idleFor: 0)
        isRefused.store(1, ordering: .relaxed)
        #expect(await failure(target)?.kind == .login)
        #expect(target.concurrency == 1)
    }
}
