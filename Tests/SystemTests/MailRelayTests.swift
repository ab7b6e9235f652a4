import Foundation
import Glibc
import TestSupport
import Testing

/// The running system with Debian's own mail server, over TLS and with a login.
@Suite(.serialized, .enabled(if: EximServer.isInstalled, EximServer.reason))
struct MailRelayTests {
    /// A stack and an entity of Ada's to which she invites.
    private struct World {
        let exim: EximServer
        let stack: LiveStack
        let token: String
        let path: String
        private let file: TemporaryFolder

        /// - Parameter password: percent-encoded.
        init(password: String? = nil) async throws {
            let (exim, file) = (try await EximServer(), try TemporaryFolder())
            let stack = try await LiveStack([
                "LATCHKEY_EMAIL_URL_FILE": file.path + "/url",
                "SSL_CERT_FILE": exim.certificate,
            ])
            let address = password.map { exim.address(password: $0) } ?? exim.address()
            try Self.write(address, in: file)
            try await stack.start()
            token = try await stack.user("ada").token
            let entity = try await stack.entity(token, name: "Bücher")
            path = "/api/v1/entities/\(entity)/invitations"
            (self.exim, self.stack, self.file) = (exim, stack, file)
        }

        /// Corrects the password.
        func correct() throws { try Self.write(exim.address(), in: file) }

        private static func write(_ address: String, in folder: TemporaryFolder) throws {
            try Data("smtp://\(address)?tls=required\n".utf8).write(
                to: URL(fileURLWithPath: folder.path + "/url"))
        }

        func invite(_ email: String) async throws -> String {
            let made = try await stack.api.call(
                "POST", path, token: token,
                body: #"{"email":"\#(email)","message":".\n..\nGrüße"}"#)
            return try #require(made["id"], "\(made.text)")
        }

        /// The invitation, once `condition` holds.
        func found(
            _ id: String, _ condition: (RawResponse) -> Bool
        ) async throws -> RawResponse? {
            for _ in 0..<200 {
                let found = try await stack.api.call("GET", "\(path)/\(id)", token: token)
                if condition(found) { return found }
                try await Task.sleep(for: .milliseconds(50))
            }
            return nil
        }
    }

    @Test func `a mail arrives, and a refused mail shows on its invitation`() async throws {
        let world = try await World()
        let sent = try await world.invite("grace@example.com")
        let good = try await world.found(sent) { $0["email_status"] != "pending" }
        #expect(
            good?["email_status"] == "sent" && good?.json?["email_error"] == .null,
            "\(good?.text ?? "") \(world.stack.logs)")
        let failed = try await world.invite("x@refused.example")
        let refused = try await world.found(failed) { $0["email_status"] != "pending" }
        #expect(refused?["email_status"] == "failed")
        #expect(refused?["email_error"]?.contains("550") == true, "\(refused?.text ?? "")")
        #expect(refused?["status"] == "pending")
        #expect(await eventually { world.exim.mails.count == 1 })
        let mail = try #require(world.exim.mails.first)
        #expect(mail.contains("\nTo: grace@example.com\n") && mail.contains("\nMessage-ID: <mai_"))
        #expect(mail.contains("Gr=C3=BC=C3=9Fe"))
        #expect(await world.stack.stop())
    }

    @Test func `a refused login shows on the invitation, and its mail is sent once it is right`()
        async throws
    {
        let world = try await World(password: "wr0ng-pass")
        let id = try await world.invite("grace@example.com")
        let waiting = try await world.found(id) { $0["email_error"] != nil }
        #expect(waiting?["email_status"] == "pending")
        #expect(waiting?["email_error"] == "the relay refused the login: 535")
        let stack = world.stack
        let line = "will be retried: the relay refused the login: 535"
        #expect(await eventually { stack.logs.contains(line) })
        let metrics = try await APIClient(port: stack.invitationsPort).call("GET", "/metrics").text
        #expect(metrics.contains("latchkey_mail_available 0\n"))
        #expect(metrics.contains("latchkey_mail_pending 1\n"))
        #expect(world.exim.mails.isEmpty)
        for secret in [
            "wr0ng-pass", Data("\0ada@example.com\0wr0ng-pass".utf8).base64EncodedString(),
        ] {
            #expect(!stack.logs.contains(secret))
        }
        stack.invitations?.signal(SIGTERM)
        _ = await stack.invitations?.ended(within: 15)
        try world.correct()
        try stack.startInvitations()
        try await stack.ready(stack.invitationsPort)
        let sent = try await world.found(id) { $0["email_status"] == "sent" }
        #expect(sent?.json?["email_error"] == .null, "\(stack.logs)")
        #expect(await eventually { world.exim.mails.count == 1 })
        #expect(await stack.stop())
    }
}
