import Kernel
import ServiceKit
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

@Suite struct SettingsTests {
    private func settings(
        _ more: [String: String] = [:]
    ) -> (InvitationsSettings, mistakes: [String]) {
        let secret = String(repeating: "s", count: 32)
        var settings = Settings(
            ["LATCHKEY_INTERNAL_SECRET": secret, "LATCHKEY_DATA_DIR": "/nowhere"]
                .merging(more) { $1 })
        let common = CommonSettings(&settings, defaultPort: 8104)
        let configuration = InvitationsSettings(&settings, common)
        return (configuration, settings.mistakes.map { "\($0)" })
    }

    @Test func `every setting but the secret has a default`() {
        let (found, mistakes) = settings()
        #expect(mistakes.isEmpty)
        #expect(found.publicURL == "http://127.0.0.1:8080")
        #expect(found.mailSender != nil && found.entitiesURL != nil)
        #expect(found.encryptionSecrets == found.common.internalSecrets)
    }

    @Test func `links have one slash after the public URL`() {
        let (found, mistakes) = settings(["LATCHKEY_PUBLIC_URL": "https://app.example.com/"])
        #expect(mistakes.isEmpty && found.publicURL == "https://app.example.com")
    }

    @Test func `all invalid settings are reported together`() {
        let (_, mistakes) = settings([
            "LATCHKEY_PUBLIC_URL": "app.example.com", "LATCHKEY_EMAIL_FROM": "nobody",
            "LATCHKEY_ENTITIES_URL": "x", "LATCHKEY_ENCRYPTION_SECRET": "short",
        ])
        for name in ["PUBLIC_URL", "EMAIL_FROM", "ENTITIES_URL", "ENCRYPTION_SECRET"] {
            #expect(mistakes.contains { $0.contains("LATCHKEY_\(name)") }, "\(name): \(mistakes)")
        }
    }
}
