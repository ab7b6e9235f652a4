import Foundation
import InvitationsContract
import TestSupport
import Testing

@testable import Gateway

/// The language and the look of the pages and of sign-in mails.
@Suite struct PageLookTests {
    private let link = "\(GatewayWorld.accept)?token=\(FakeLinks.token)"
    private let german = ["Accept-Language: it, de-CH;q=0.9, fr;q=0.8"]

    private func page(_ world: GatewayWorld, _ fields: [String] = []) async throws -> RawResponse {
        try await world.api.call("GET", link, fields: fields)
    }

    @Test func `the invitation's language comes first, then the user's, then the browser's`()
        async throws
    {
        try await withLinks(extra: ["LATCHKEY_LOCALE": "es"]) { world, links in
            try await world.inviter("Ada")
            var seen = try await page(world)
            #expect(seen.text.contains("<html lang=\"es\">"))
            #expect(seen.text.contains("<h1>Ada le invita a colaborar en CRM</h1>"))
            seen = try await page(world, german)
            #expect(seen.text.contains("<h1>Ada lädt Sie ein, an CRM mitzuarbeiten</h1>"))
            #expect(seen.field("content-language") == "de")
            let cookie = try await world.enter()
            let me = try #require(
                try await world.api.call(
                    "GET", "/api/users?search=bob@example.com", token: adminToken
                ).json?["items"]?.items.first?["id"]?.string)
            let set = try await world.api.call(
                "PATCH", "/api/users/\(me)", token: adminToken, body: #"{"locale":"fr-CA"}"#)
            #expect(set.json?["locale"]?.string == "fr-CA")
            let signedIn = german + ["Cookie: \(cookie)"]
            seen = try await page(world, signedIn)
            #expect(seen.text.contains("Ada vous invite à collaborer sur CRM"))
            links.set(locale: "en")
            seen = try await page(world, signedIn)
            #expect(seen.text.contains("Ada invites you to work on CRM"))
            // A language without texts counts for nothing.
            links.set(locale: "it")
            seen = try await page(world, signedIn)
            #expect(seen.text.contains("Ada vous invite"))
        }
    }

    @Test func `a broken link is explained in the browser's language`() async throws {
        try await withLinks { world, links in
            let seen = try await world.api.call(
                "GET", "\(GatewayWorld.accept)?token=x", fields: german)
            #expect(seen.status == 404 && seen.text.contains("Wir finden diese Einladung nicht"))
            links.goDown()
            let down = try await page(world, german)
            #expect(down.status == 503 && down.text.contains("Da ist etwas schiefgegangen"))
            #expect(!down.text.contains("upstream"))
        }
    }

    @Test func `a code is mailed in the language of the page, its code first`() async throws {
        try await withLinks { world, links in
            links.set(locale: "de")
            _ = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&action=code")
            #expect(await eventually { world.mails(to: "bob@example.com").count == 1 })
            let mail = try #require(world.mails(to: "bob@example.com").first)
            let subject = try #require(
                mail.firstMatch(
                    of: /Subject: =\?utf-8\?Q\?(\d{4})_(\d{4})_ist_Ihr_Anmeldecode_f=C3=BCr_/))
            #expect(mail.contains("    \(subject.1) \(subject.2)\r\n"))
            #expect(mail.contains("<html lang=3D\"de\">"))
        }
    }

    @Test func `a code requested by a program is in the language that it accepts`() async throws {
        try await withGateway { world in
            let answer = try await world.api.call(
                "POST", "/api/auth/codes", body: #"{"email":"bob@example.com"}"#,
                fields: ["Content-Type: application/json", "Accept-Language: fr"])
            #expect(answer.status == 202)
            #expect(await eventually { world.mails(to: "bob@example.com").count == 1 })
            let mail = try #require(world.mails(to: "bob@example.com").first)
            #expect(mail.contains("<html lang=3D\"fr\">"))
        }
    }

    @Test(arguments: ["d", "de_AT", "deutsch", "de-", "", "de-abcdefghi"])
    func `a user's language must be a language tag`(_ tag: String) async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let answer = try await world.api.call(
                "PATCH", "/api/users/\(ann.id)", token: adminToken, body: #"{"locale":"\#(tag)"}"#)
            #expect(answer.status == 422 && answer.text.contains("/locale"))
        }
    }

    @Test func `pages have the product's name, colour and links`() async throws {
        let brand = [
            "LATCHKEY_PRODUCT_NAME": "Acme <&> Co", "LATCHKEY_ACCENT": "#e2001a",
            "LATCHKEY_APP_URL": "https://acme.example/?a=1&b=2",
            "LATCHKEY_SUPPORT_EMAIL": "help@acme.example",
            "LATCHKEY_TERMS_URL": "https://acme.example/terms",
            "LATCHKEY_PRIVACY_URL": "https://acme.example/privacy",
        ]
        try await withLinks(extra: brand) { world, _ in
            let seen = try await page(world)
            #expect(seen.text.contains("<title>Invitation · Acme &lt;&amp;&gt; Co</title>"))
            #expect(
                seen.text.contains(
                    "<a href=\"https://acme.example/?a=1&amp;b=2\">Acme &lt;&amp;&gt; Co</a>"))
            #expect(seen.text.contains("--accent: #e2001a"))
            #expect(seen.text.contains("mailto:help@acme.example"))
            #expect(seen.text.contains("<a href=\"https://acme.example/terms\">Terms</a>"))
            #expect(seen.text.contains("<a href=\"https://acme.example/privacy\">Privacy</a>"))
            let icon = try await world.api.call("GET", "/brand/icon")
            #expect(icon.field("content-type") == "image/svg+xml")
            #expect(icon.text.contains("#e2001a") && icon.text.contains(">A</text>"))
            #expect(try await world.api.call("GET", "/brand/logo").status == 404)
        }
    }

    @Test func `the logo is served so that nothing in it runs`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "logo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"
        try Data(svg.utf8).write(to: file)
        try await withLinks(extra: ["LATCHKEY_PRODUCT_LOGO": file.path]) { world, _ in
            let seen = try await page(world)
            #expect(seen.text.contains("<img src=\"/brand/logo\" alt=\"Latchkey\""))
            for path in ["/brand/logo", "/brand/icon"] {
                let logo = try await world.api.call("GET", path)
                #expect(logo.status == 200 && logo.text == svg)
                #expect(logo.field("content-type") == "image/svg+xml")
                #expect(logo.field("x-content-type-options") == "nosniff")
                #expect(
                    logo.field("content-security-policy")
                        == "default-src 'none'; style-src 'unsafe-inline'; sandbox")
                let tag = try #require(logo.field("etag"))
                let again = try await world.api.call(
                    "GET", path, fields: ["If-None-Match: \(tag)"])
                #expect(again.status == 304)
            }
        }
    }
}
