import Contract
import GatewayContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// The link that stops mails about shares (RFC 8058).
@Suite struct UnsubscribeTests {
    /// A user who got a mail, and the path of its link.
    private func withMail(
        throughEdge: Bool = false, locale: String = "en", extra: [String: String] = [:],
        _ test: (NoticeWorld, Account, String) async throws -> Void
    ) async throws {
        try await withNotices(extra: extra, throughEdge: throughEdge) { world in
            let ada = try await world.gateway.user("ada")
            let grace = try await world.gateway.user("grace")
            let set = try await world.gateway.api.call(
                "PATCH", "/api/me", token: grace.token, body: #"{"locale":"\#(locale)"}"#)
            #expect(set.status == 200)
            try await world.share("shr_1", "Release notes", with: grace, by: ada)
            let mail = try #require(try await world.mailsWhenDue(to: grace).first)
            try await test(world, grace, try NoticeWorld.stop(in: mail))
        }
    }

    private func isOn(_ world: NoticeWorld, _ user: Account) async throws -> Bool {
        let me = try await world.gateway.api.call("GET", "/api/me", token: user.token)
        return me.json?["emailNotifications"] == .bool(true)
    }

    @Test(arguments: [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n"
                + "One-Click\r\n--b--\r\n"
        ),
    ])
    func `one POST without signing in stops the mails, and can't start them`(
        _ type: String, _ body: String
    ) async throws {
        try await withMail { world, grace, path in
            for _ in 1...2 {
                let answer = try await world.gateway.api.call(
                    "POST", path, body: body, fields: ["Content-Type: \(type)"])
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.text.contains("won&#39;t get e-mails about shares"))
                #expect(try await !isOn(world, grace))
            }
            // No mail follows until the user wants them again.
            let ada = try await world.gateway.user("ada2")
            try await world.share("shr_2", "Deploy Bot", with: grace, by: ada)
            world.gateway.clock.advance(seconds: 60)
            #expect(try await eventually(within: 10_000) { try world.waiting() == 0 })
            #expect(world.mails(to: grace).count == 1)
            let on = try await world.gateway.api.call(
                "PATCH", "/api/me", token: grace.token, body: #"{"emailNotifications":true}"#)
            #expect(on.status == 200)
            try await world.share("shr_3", "CRM", with: grace, by: ada)
            #expect(try await world.mailsWhenDue(to: grace, count: 2).count == 2)
        }
    }

    @Test(arguments: Language.tags)
    func `the page shows a button, and a GET changes nothing`(_ tag: String) async throws {
        try await withMail(locale: tag) { world, grace, path in
            for method in ["GET", "HEAD", "GET"] {
                let page = try await world.gateway.api.call(method, path)
                #expect(page.status == 200)
                guard method == "GET" else { continue }
                #expect(page.text.contains("<html lang=\"\(tag)\">"))
                #expect(page.text.contains("<form method=\"post\" action=\"\(path)\">"))
                #expect(page.text.contains("grace@example.com"))
                #expect(!page.text.contains("<script"))
                #expect(page.field("content-security-policy")?.contains("form-action") == true)
                #expect(page.field("cache-control") == "no-store")
            }
            #expect(try await isOn(world, grace))
            let done = try await world.gateway.api.call(
                "POST", path, body: "List-Unsubscribe=One-Click",
                fields: ["Content-Type: application/x-www-form-urlencoded"])
            #expect(done.status == 200 && !done.text.contains("<form"))
            // Then the page says so.
            let after = try await world.gateway.api.call("GET", path)
            #expect(after.text == done.text)
            #expect(try await !isOn(world, grace))
        }
    }

    @Test func `once mails are stopped, or can't be, a button leads to the product`() async throws {
        let app = "https://app.example.com/start"
        try await withMail(extra: ["LATCHKEY_APP_URL": app]) { world, _, path in
            let button = #"<a class="button" href="\#(app)">"#
            let question = try await world.gateway.api.call("GET", path)
            #expect(!question.text.contains(button))
            let done = try await world.gateway.api.call("POST", path)
            #expect(done.status == 200 && done.text.contains(button))
            let unknown = try await world.gateway.api.call("GET", String(path.dropLast()))
            #expect(unknown.status == 404 && unknown.text.contains(button))
        }
    }

    @Test func `an unknown token is 404 and changes nothing`() async throws {
        try await withMail { world, grace, path in
            let long = path + String(repeating: "x", count: 200)
            let paths = [
                String(path.dropLast()), long, "/notifications/unsubscribe",
                "/notifications/unsubscribe?token=", "/notifications/unsubscribe?token=%00",
            ]
            for path in paths {
                for method in ["GET", "POST"] {
                    let answer = try await world.gateway.api.call(method, path)
                    #expect(answer.status == 404, "\(method) \(path): \(answer.status)")
                    #expect(!answer.text.contains("grace"))
                }
            }
            #expect(try await isOn(world, grace))
            let deleted = try await world.gateway.api.call(
                "DELETE", "/api/users/\(grace.id)", token: adminToken)
            #expect(deleted.status == 204)
            #expect(try await world.gateway.api.call("POST", path).status == 404)
        }
    }

    @Test func `the token is neither in the database nor in the log, and its use is on record`()
        async throws
    {
        try await withMail { world, grace, path in
            let token = try #require(path.split(separator: "=").last.map(String.init))
            #expect(token.utf8.count == 43)
            _ = try await world.gateway.api.call("GET", path)
            #expect(try await world.gateway.api.call("POST", path).status == 200)
            let rows = try world.gateway.rows(except: [:])
            #expect(!"\(rows)".contains(token))
            #expect(!world.gateway.log.text.contains(token))
            let entry = try #require(
                try world.gateway.service.database.read { db in
                    try db.rows(
                        "SELECT actor_id, after FROM audit WHERE action = 'user.updated'"
                    ) { [$0.text(0), $0.text(1)] }
                }.last)
            #expect(entry[0] == grace.id)
            #expect(entry[1].contains(#""emailNotifications":false"#))
        }
    }

    @Test func `it works at an edge gateway, too`() async throws {
        try await withMail(throughEdge: true) { world, grace, path in
            #expect(try await world.gateway.api.call("GET", path).status == 200)
            let answer = try await world.gateway.api.call(
                "POST", path, body: "List-Unsubscribe=One-Click",
                fields: ["Content-Type: application/x-www-form-urlencoded"])
            #expect(answer.status == 200)
            #expect(try await !isOn(world, grace))
        }
    }

    @Test func `links of mails that are a year old are forgotten`() async throws {
        try await withMail { world, grace, path in
            let notices = world.notices
            world.gateway.clock.advance(seconds: NotificationLimits.tokenDays * 86_400)
            try await notices.purge()
            #expect(try await world.gateway.api.call("GET", path).status == 200)
            world.gateway.clock.advance(seconds: 1)
            try await notices.purge()
            #expect(try await world.gateway.api.call("GET", path).status == 404)
        }
    }
}

private enum Language {
    static let tags = ["en", "de", "fr", "es"]
}
