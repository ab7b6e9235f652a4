import TestSupport
import Testing

/// The running system with Debian's own mail server.
@Suite(.serialized, .enabled(if: EximServer.isInstalled, EximServer.reason))
struct MailRelayTests {
    @Test func `a mail arrives, and a refused mail shows on its invitation`() async throws {
        let exim = try await EximServer()
        let stack = try await LiveStack([
            "LATCHKEY_EMAIL_URL": "smtp://127.0.0.1:\(exim.port)"
        ])
        try await stack.start()
        let ada = try await stack.user("ada")
        let entity = try await stack.entity(ada.token, name: "Bücher")
        let path = "/api/v1/entities/\(entity)/invitations"
        func invite(_ email: String) async throws -> String {
            let made = try await stack.api.call(
                "POST", path, token: ada.token,
                body: #"{"email":"\#(email)","message":".\n..\nGrüße"}"#)
            return try #require(made["id"], "\(made.text)")
        }
        func ended(_ id: String) async throws -> RawResponse? {
            for _ in 0..<200 {
                let found = try await stack.api.call("GET", "\(path)/\(id)", token: ada.token)
                if found["email_status"] != "pending" { return found }
                try await Task.sleep(for: .milliseconds(50))
            }
            return nil
        }
        let good = try await ended(try await invite("grace@example.com"))
        #expect(good?["email_status"] == "sent" && good?.json?["email_error"] == .null)
        let refused = try await ended(try await invite("x@refused.example"))
        #expect(refused?["email_status"] == "failed")
        #expect(refused?["email_error"]?.contains("550") == true, "\(refused?.text ?? "")")
        #expect(refused?["status"] == "pending")
        #expect(await eventually { exim.mails.count == 1 })
        let mail = try #require(exim.mails.first)
        #expect(mail.contains("\nTo: grace@example.com\n") && mail.contains("\nMessage-ID: <mai_"))
        #expect(mail.contains("Gr=C3=BC=C3=9Fe"))
        #expect(await stack.stop())
    }
}
