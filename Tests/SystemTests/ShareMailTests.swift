import Foundation
import TestSupport
import Testing

/// Mails about shares through all processes, and inviting in the same request.
@Suite(.serialized) struct ShareMailTests {
    /// Ada owns an entity and an integration.
    private struct Scene {
        let stack: LiveStack
        let ada: (id: String, token: String)
        let grace: (id: String, token: String)
        let entity: String
        let integration: String

        init(delay: Int) async throws {
            stack = try await LiveStack(["LATCHKEY_SHARE_MAIL_DELAY": "\(delay)"])
            try await stack.start()
            ada = try await stack.user("ada")
            grace = try await stack.user("grace")
            entity = try await stack.entity(ada.token, name: "Release notes")
            let made = try await stack.api.call(
                "POST", "/api/integrations", token: ada.token, body: #"{"name":"CRM"}"#)
            integration = try #require(made["id"], "\(made.text)")
        }

        func share(
            _ body: String, key: String? = nil
        ) async throws -> RawResponse {
            try await stack.api.call(
                "POST", "/api/entities/\(entity)/shares", token: ada.token, body: body,
                fields: key.map { ["Idempotency-Key: \($0)"] } ?? [])
        }

        /// Mails about shares, with their lines joined.
        func mails(to name: String = "grace") -> [String] {
            stack.mails(to: "\(name)@example.com").map {
                $0.replacing("\r\n ", with: " ").replacing("=\r\n", with: "")
                    .replacing("=3D", with: "=")
            }.filter { $0.contains("List-Unsubscribe-Post") }
        }

        func shares() async throws -> Int? {
            try await stack.api.call(
                "GET", "/api/entities/\(entity)/shares", token: ada.token
            ).json?["total"]?.int
        }
    }

    @Test func `a burst over two services is one mail, although the gateway is killed meanwhile`()
        async throws
    {
        let scene = try await Scene(delay: 3)
        let (stack, grace) = (scene.stack, scene.grace)
        let shared = try await scene.share(#"{"emails":["grace@example.com"]}"#)
        #expect(shared.status == 200, "\(shared.text)")
        let connected = try await stack.api.call(
            "PUT", "/api/integrations/\(scene.integration)/shares/user:grace",
            token: scene.ada.token, body: #"{"accessLevel":3}"#)
        #expect(connected.status == 200, "\(connected.text)")
        await stack.process(.gateway)?.killNow()
        try stack.start(.gateway)
        try await stack.ready()
        #expect(await eventually(within: 20_000) { !scene.mails().isEmpty })
        let mail = try #require(scene.mails().first)
        #expect(mail.contains("Subject: ada shared 2 things with you\r\n"))
        #expect(mail.contains("Reply-To: ada <ada@example.com>\r\n"))
        #expect(mail.contains("Release notes: You can use it"))
        #expect(mail.contains("CRM: Access level 3"))

        // One click stops them.
        let link = try #require(mail.firstMatch(of: /List-Unsubscribe: <http:\/\/[^\/]+([^>]+)>/))
        let token = try #require(link.1.split(separator: "=").last.map(String.init))
        stack.issue(token)
        let page = try await stack.api.call("GET", String(link.1))
        #expect(page.status == 200 && page.text.contains("<form"))
        let stopped = try await stack.api.call(
            "POST", String(link.1), body: "List-Unsubscribe=One-Click",
            fields: ["Content-Type: application/x-www-form-urlencoded"])
        #expect(stopped.status == 200, "\(stopped.text)")
        let me = try await stack.api.call("GET", "/api/me", token: grace.token)
        #expect(me.json?["emailNotifications"] == .bool(false))
        let other = try await stack.entity(scene.ada.token, name: "Other")
        let again = try await stack.api.call(
            "POST", "/api/entities/\(other)/shares", token: scene.ada.token,
            body: #"{"emails":["grace@example.com"]}"#)
        #expect(again.status == 200)
        #expect(
            try await eventually(within: 20_000) {
                let waiting = try await SQLite.run(
                    "SELECT count(*) FROM share_notices", on: stack, "gateway")
                let leaving = try await SQLite.run(
                    "SELECT count(*) FROM outbox", on: stack, "entities")
                return waiting == "0\n" && leaving == "0\n"
            })
        #expect(scene.mails().count == 1)
        #expect(stack.logs.contains("/notifications/unsubscribe"))
        for secret in stack.secrets { #expect(!stack.logs.contains(secret)) }
        #expect(await stack.stop())
    }

    @Test func `unknown addresses are invited with a share, or nothing is shared`() async throws {
        let scene = try await Scene(delay: 0)
        let stack = scene.stack
        let body =
            #"{"emails":["grace@example.com","hedy@example.com"],"inviteUnknown":true}"#
        await stack.process(.invitations)?.killNow()
        let away = try await scene.share(body, key: "one")
        #expect(away.status == 503, "\(away.text)")
        #expect(try await scene.shares() == 0)
        try stack.start(.invitations)
        try await stack.ready()
        // The breaker may be open for a moment.
        var done = away
        let isDone = try await eventually(within: 20_000) {
            done = try await scene.share(body, key: "one")
            return done.status == 200
        }
        #expect(isDone, "\(done.text)")
        #expect(done.json?["created"]?.items.count == 1)
        let invited = done.json?["invited"]?[0]
        #expect(invited?["email"]?.string == "hedy@example.com")
        #expect(done.json?["notFound"]?.items.isEmpty == true)
        let repeated = try await scene.share(body, key: "one")
        #expect(repeated.json == done.json)
        #expect(repeated.field("idempotency-replayed") == "true")
        // Another request finds the same invitation.
        let again = try await scene.share(body)
        #expect(again.json?["invited"]?[0] == invited)
        #expect(again.json?["alreadyHadAccess"]?.items.count == 1)
        // Grace is told, and Hedy gets in, once.
        #expect(await eventually(within: 20_000) { scene.mails().count == 1 })
        let hedy = try await stack.takeUp(try await stack.claim("hedy"))
        #expect(stack.mails(to: "hedy@example.com").count == 1)
        let seen = try await stack.api.call(
            "GET", "/api/entities/\(scene.entity)", token: hedy.token)
        #expect(seen.status == 200 && seen["access"] == "collaborator")
        let list = try await stack.api.call(
            "GET", "/api/v1/entities/\(scene.entity)/invitations", token: scene.ada.token)
        #expect(list.json?["total"]?.int == 1)
        #expect(list.json?["data"]?[0]?["role"]?.string == "viewer")
        #expect(await stack.stop())
    }
}
