import Foundation
import TestSupport
import Testing

/// Invitations and the API reference in a real browser.
@Suite(.serialized) struct BrowserTests {
    private static let isInstalled = FileManager.default.isExecutableFile(
        atPath: "/usr/bin/chromium")

    @Test(.enabled(if: isInstalled, "deploy/test installs chromium"))
    func `a customer confirms their address in a browser and accepts or declines an invitation`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let owner = try await stack.user("owner")
        let entity = try await stack.entity(owner.token, name: "Château <Budget> & Co")
        let path = "/api/v1/entities/\(entity)/invitations"
        let names = ["ann", "ben", "cy", "dan", "fay"]
        var made: [String: RawResponse] = [:]
        for name in names {
            let body =
                #"{"email":"\#(name)@example.com","message":"Hi \#(name),\n\nhave a look <3""#
                + (name == "fay" ? #","locale":"de-AT"}"# : "}")
            made[name] = try await stack.api.call("POST", path, token: owner.token, body: body)
        }
        let dan = try await stack.api.call(
            "DELETE", "\(path)/\(made["dan"]?["id"] ?? "")", token: owner.token)
        #expect(dan.status == 200, "\(dan.text)")
        let workspace = try await stack.workspace(owner.token, name: "Müller <Labs> & Co")
        try await stack.invite(
            "eve@example.com", toWorkspace: workspace, by: owner.token, permissions: "write")

        try await take(made, in: stack)

        let users = try await stack.sharedUsers(workspace, by: owner.token)
        #expect(users.values.sorted() == ["owner", "write"])

        let collaborators = try await stack.api.call(
            "GET", "/api/v1/entities/\(entity)/collaborators", token: owner.token)
        let emails = collaborators.json?["data"]?.items.compactMap { $0["email"]?.string }
        #expect(emails == ["ben@example.com", "ann@example.com"])
        let list = try await stack.api.call("GET", path, token: owner.token)
        let statuses = list.json?["data"]?.items.compactMap { $0["status"]?.string }
        #expect(statuses == ["revoked", "revoked", "revoked", "accepted", "accepted"])
        // No log contains claims or tokens.
        #expect(!stack.logs.contains("claim=") && !stack.logs.contains("token="))
        #expect(await stack.stop())
    }

    /// Runs the browser with the invitations of `made`, by invitee.
    private func take(_ made: [String: RawResponse], in stack: LiveStack) async throws {
        let emails = made.keys.map { ($0, "\($0)@example.com") } + [("eve", "eve@example.com")]
        let plan: [String: Any] = [
            "mails": stack.dataFolder + "/mail",
            "accept": made.compactMapValues { $0["accept_url"] },
            "emails": Dictionary(uniqueKeysWithValues: emails),
            "axe": Venv.has("axe-core-python"),
        ]
        try await browse(plan, in: stack)
    }

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
        let stack = try await LiveStack([
            "LATCHKEY_CONSOLE_DIR": Venv.root + "/Services/Console",
            "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true", "LATCHKEY_PRODUCT_NAME": "Acme",
            // As text on white it can't be read.
            "LATCHKEY_ACCENT": "#ffb000", "LATCHKEY_APP_URL": "https://acme.example/",
            "LATCHKEY_SUPPORT_EMAIL": "help@acme.example",
            "LATCHKEY_TERMS_URL": "https://acme.example/terms",
            "LATCHKEY_PRIVACY_URL": "https://acme.example/privacy",
            "LATCHKEY_OIDC_ISSUER": "http://127.0.0.1:\(identity["port"] ?? 0)",
            "LATCHKEY_OIDC_CLIENT_ID": "latchkey", "LATCHKEY_OIDC_CLIENT_SECRET": "s e:cret",
            "LATCHKEY_OIDC_NAME": "Acme Login",
        ])
        try await stack.start()
        let plan: [String: Any] = [
            "brand": ["name": "Acme", "accent": "#ffb000"],
            "identity": hasProvider ? identity : NSNull(),
            "gateway": "http://127.0.0.1:\(stack.gatewayPort)",
            "mails": stack.dataFolder + "/mail", "admin": stack.adminToken,
            "axe": Venv.has("axe-core-python"),
        ]
        try await browse(plan, in: stack, by: "console.py")
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
        let wanted = ProcessInfo.processInfo.environment["LATCHKEY_TEST_SHOTS"]
        let shots = wanted ?? stack.folder.path + "/shots"
        try FileManager.default.createDirectory(
            atPath: shots, withIntermediateDirectories: true)
        let plan = plan.merging(["shots": shots]) { $1 }
        let file = stack.folder.path + "/plan.json"
        try JSONSerialization.data(withJSONObject: plan).write(to: URL(fileURLWithPath: file))
        let run = try await Program.run(
            "timeout", ["240", "python3", Venv.root + "/deploy/lib/" + script, file])
        #expect(run.status == 0, "\(run.output)")
    }
}
