import Foundation
import Glibc
import TestSupport
import Testing

/// Signing in at an identity provider that others wrote, in a real browser.
@Suite(.serialized) struct SignInProviderTests {
    private static let isInstalled =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")
        && Venv.has("oidc-provider-mock")

    @Test(.enabled(if: isInstalled, "deploy/test installs chromium and oidc-provider-mock"))
    func `invitees sign in at the platform's provider, and only with their verified address`()
        async throws
    {
        let port = Ports.next()
        let stack = try await LiveStack([
            "LATCHKEY_OIDC_ISSUER": "http://127.0.0.1:\(port)",
            "LATCHKEY_OIDC_CLIENT_ID": "latchkey", "LATCHKEY_OIDC_CLIENT_SECRET": "s e:cret",
            "LATCHKEY_OIDC_NAME": "Acme", "LATCHKEY_SIGNUP": "closed",
        ])
        try await stack.start()
        let owner = try await stack.user("owner")
        let entity = try await stack.entity(owner.token, name: "Board")
        let path = "/api/v1/entities/\(entity)/invitations"
        let names = ["ann", "ben", "cy", "dan"]
        var accept: [String: String] = [:]
        for name in names {
            let made = try await stack.api.call(
                "POST", path, token: owner.token, body: #"{"email":"\#(name)@example.com"}"#)
            let url: String = try #require(made["accept_url"], "\(made.text)")
            accept[name] = url
        }
        let plan: [String: Any] = [
            "port": Int(port), "name": "Acme", "accept": accept,
            "emails": Dictionary(uniqueKeysWithValues: names.map { ($0, "\($0)@example.com") }),
            "provider": Venv.folder + "oidc-provider-mock", "shots": stack.folder.path,
        ]
        let file = stack.folder.path + "/plan.json"
        try JSONSerialization.data(withJSONObject: plan).write(to: URL(fileURLWithPath: file))
        let run = try await Program.run(
            "timeout", ["120", "python3", Venv.root + "/deploy/lib/identity.py", file])
        #expect(run.status == 0, "\(run.output)")
        let list = try await stack.api.call("GET", path, token: owner.token)
        let statuses = list.json?["data"]?.items.compactMap { $0["status"]?.string } ?? []
        #expect(statuses == ["pending", "pending", "pending", "accepted"])
        let users = try await stack.api.call("GET", "/api/users", token: stack.adminToken)
        let emails = users.json?["items"]?.items.compactMap { $0["email"]?.string } ?? []
        #expect(emails.contains("ann@example.com") && !emails.contains("eve@example.com"))
        #expect(!emails.contains("cy@example.com"))
        #expect(!stack.logs.contains("s e:cret") && !stack.logs.contains("code="))
        #expect(await stack.stop())
    }

    @Test(.enabled(if: isInstalled, "deploy/test installs chromium and oidc-provider-mock"))
    func `a platform's day with no token of ours but its backend's`() async throws {
        let port = Ports.next()
        let scopes =
            "entities:write,entities:share,integration:write,integration:share,invitations:write,"
            + "tokens:write,team:write"
        let stack = try await LiveStack([
            "LATCHKEY_OIDC_ISSUER": "http://127.0.0.1:\(port)",
            "LATCHKEY_OIDC_CLIENT_ID": "latchkey", "LATCHKEY_OIDC_CLIENT_SECRET": "s e:cret",
            "LATCHKEY_OIDC_NAME": "Acme", "LATCHKEY_SIGNUP": "closed",
            "LATCHKEY_JWT_ISSUERS": "http://127.0.0.1:\(port);audience=app;scopes=\(scopes)",
        ])
        try await stack.start()
        let edge = try LiveEdge("edge", of: stack)
        try await edge.ready(stack)
        defer { edge.process.signal(SIGKILL) }
        let made = try await stack.api.call(
            "POST", "/api/tokens", token: stack.adminToken,
            body: #"{"name":"backend","scopes":["scim","access:check"]}"#)
        let backend: String = try #require(made["token"], "\(made.text)")
        stack.issue(backend)
        let plan: [String: Any] = [
            "url": "http://127.0.0.1:\(stack.gatewayPort)", "edge": "http://127.0.0.1:\(edge.port)",
            "token": backend, "port": Int(port), "provider": Venv.folder + "oidc-provider-mock",
            "mails": stack.dataFolder + "/mail", "shots": stack.folder.path,
        ]
        let file = stack.folder.path + "/plan.json"
        try JSONSerialization.data(withJSONObject: plan).write(to: URL(fileURLWithPath: file))
        let run = try await Program.run(
            "timeout", ["120", "python3", Venv.root + "/deploy/lib/platform_day.py", file])
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("| provider, as Okta |"))
        let logs = stack.logs + edge.process.text
        #expect(stack.secrets.allSatisfy { !logs.contains($0) } && !logs.contains("eyJ"))
        #expect(await stack.stop())
    }
}
