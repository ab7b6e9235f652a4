import Foundation
import TestSupport
import Testing

/// Invitations and the API reference in a real browser.
@Suite(.serialized) struct BrowserTests {
    private static let isInstalled = FileManager.default.isExecutableFile(
        atPath: "/usr/bin/chromium")

    @Test(.enabled(if: isInstalled, "deploy/test installs chromium"))
    func `invitees find their way on every page and in every mail, in Latchkey's own look`()
        async throws
    {
        try await visit("plain", in: "en")
    }

    /// A yellow that no one could read on white, a logo, and an identity provider that is away.
    @Test(.enabled(if: isInstalled, "deploy/test installs chromium"))
    func `so they do in a product's look and in German`() async throws {
        let logo = try TemporaryFolder()
        let file = logo.path + "/logo.png"
        try #require(Data(base64Encoded: Self.logo)).write(to: URL(fileURLWithPath: file))
        try await visit(
            "brand", in: "de", app: "https://app.nordlicht.example", provider: "Okta",
            [
                "LATCHKEY_PRODUCT_NAME": "Nordlicht Zusammenarbeit",
                "LATCHKEY_PRODUCT_LOGO": file, "LATCHKEY_ACCENT": "#ffff00",
                "LATCHKEY_APP_URL": "https://app.nordlicht.example",
                "LATCHKEY_SUPPORT_EMAIL": "hilfe@nordlicht.example",
                "LATCHKEY_TERMS_URL": "https://nordlicht.example/agb",
                "LATCHKEY_PRIVACY_URL": "https://nordlicht.example/datenschutz",
                "LATCHKEY_OIDC_ISSUER": "http://127.0.0.1:9",
                "LATCHKEY_OIDC_CLIENT_ID": "latchkey", "LATCHKEY_OIDC_CLIENT_SECRET": "secret",
                "LATCHKEY_OIDC_NAME": "Okta",
            ])
    }

    /// Every state of the pages and every mail, as `pages.py` lists them; what is shared within
    /// ten seconds is one mail, also on a machine that does other things. With
    /// LATCHKEY_TEST_SHOTS, in all languages and with screenshots.
    private func visit(
        _ look: String, in language: String, app: String? = nil, provider: String? = nil,
        _ settings: [String: String] = [:]
    ) async throws {
        let stack = try await LiveStack(
            settings.merging([
                "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true", "LATCHKEY_SIGN_IN_LIMIT": "90",
                "LATCHKEY_SHARE_MAIL_DELAY": "10",
            ]) { $1 })
        try await stack.start()
        var plan: [String: Any] = [
            "gateway": "http://127.0.0.1:\(stack.gatewayPort)",
            "mails": stack.dataFolder + "/mail", "admin": stack.adminToken, "look": look,
            "languages": Self.shots == nil ? [language] : ["de", "en", "es", "fr"],
            "invitations": Int(stack.invitations?.id ?? 0), "pictures": Self.shots != nil,
        ]
        plan["app"] = app
        plan["provider"] = provider
        try await browse(plan, in: stack, by: "pages.py")
        // No log contains claims or tokens.
        #expect(!stack.logs.contains("claim=") && !stack.logs.contains("token="))
        #expect(await stack.stop())
    }

    /// A PNG of a triangle and a name, drawn for a light ground.
    private static let logo = """
        iVBORw0KGgoAAAANSUhEUgAAADwAAAAgCAYAAABO6BuSAAAAsUlEQVR42u3YQQ5AMBAF0E7TU0isHcAlHNklHMBa\
        4hrEwoIEDaP+1P8bCSGmLz9N6t3P4jkwB+bAphOevDy2blquReOEwqCRp7prrCgHlB8pq3qzgEPfydnz2Oy/4zV0\
        j+6xwxYHPpO0oBysyOy7mEQ4RhBdmR3WkENWNtPhpPvwHTFUZXZYUwpRmfuwthCaMjv8hgyScsito1eRlCIIpyI8\
        03q7b18ry9+EuS1x4MwyA9Q4SbeEQECPAAAAAElFTkSuQmCC
        """

    private static let shots = ProcessInfo.processInfo.environment["LATCHKEY_TEST_SHOTS"]

    @Test(.enabled(if: isInstalled, "deploy/test installs chromium"))
    func `a developer reads the API reference in a browser, which asks no other host`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        try await browse(["docs": "http://127.0.0.1:\(stack.gatewayPort)"], in: stack)
        #expect(await stack.stop())
    }

    @Test(.enabled(if: isInstalled, "deploy/test installs chromium"))
    func `users sign in to the console, which works in each state, language and width`()
        async throws
    {
        let identity: [String: Any] = [
            "port": Int(Ports.next()), "name": "Acme Login",
            "provider": Venv.folder + "oidc-provider-mock",
        ]
        let hasProvider = Venv.has("oidc-provider-mock")
        try await useConsole(
            "console.py",
            [
                "LATCHKEY_PRODUCT_NAME": "Acme",
                // As text on white it can't be read.
                "LATCHKEY_ACCENT": "#ffb000", "LATCHKEY_APP_URL": "https://acme.example/",
                "LATCHKEY_SUPPORT_EMAIL": "help@acme.example",
                "LATCHKEY_TERMS_URL": "https://acme.example/terms",
                "LATCHKEY_PRIVACY_URL": "https://acme.example/privacy",
                "LATCHKEY_OIDC_ISSUER": "http://127.0.0.1:\(identity["port"] ?? 0)",
                "LATCHKEY_OIDC_CLIENT_ID": "latchkey", "LATCHKEY_OIDC_CLIENT_SECRET": "s e:cret",
                "LATCHKEY_OIDC_NAME": "Acme Login",
            ],
            [
                "brand": ["name": "Acme", "accent": "#ffb000"],
                "identity": hasProvider ? identity : NSNull(),
            ])
    }

    /// With LATCHKEY_TEST_SHOTS=Services/Console/docs/film it makes them anew.
    @Test(.enabled(if: isInstalled, "deploy/test installs chromium"))
    func `the pictures of the documentation show what the system shows`() async throws {
        try await useConsole("film.py")
    }

    private func useConsole(
        _ script: String, _ settings: [String: String] = [:], _ more: [String: Any] = [:]
    ) async throws {
        let console = [
            "LATCHKEY_CONSOLE_DIR": Venv.root + "/Services/Console",
            "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true",
        ]
        let stack = try await LiveStack(console.merging(settings) { $1 })
        try await stack.start()
        let plan: [String: Any] = [
            "gateway": "http://127.0.0.1:\(stack.gatewayPort)",
            "mails": stack.dataFolder + "/mail", "admin": stack.adminToken,
        ]
        try await browse(plan.merging(more) { $1 }, in: stack, by: script)
        // No log contains a token.
        #expect(!stack.logs.contains("st_live_") && !stack.logs.contains("sk_live_"))
        #expect(!stack.logs.contains("s e:cret") && !stack.logs.contains("code="))
        #expect(await stack.stop())
    }

    /// Runs `browser.py`, or another of its kind, with a plan.
    private func browse(
        _ plan: [String: Any], in stack: LiveStack, by script: String = "browser.py"
    ) async throws {
        // Screenshots are kept.
        let shots = Self.shots ?? stack.folder.path + "/shots"
        try FileManager.default.createDirectory(
            atPath: shots, withIntermediateDirectories: true)
        let more: [String: Any] = ["shots": shots, "axe": Venv.has("axe-core-python")]
        let plan = plan.merging(more) { $1 }
        let file = stack.folder.path + "/plan.json"
        try JSONSerialization.data(withJSONObject: plan).write(to: URL(fileURLWithPath: file))
        let run = try await Program.run(
            "timeout", ["240", "python3", Venv.root + "/deploy/lib/" + script, file])
        #expect(run.status == 0, "\(run.output)")
    }
}
