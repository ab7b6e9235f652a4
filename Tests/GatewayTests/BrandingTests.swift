import Foundation
import GatewayContract
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The product's look and the ways to sign in, for programs (`GET /api/branding`).
@Suite struct BrandingTests {
    private func branding(_ world: GatewayWorld) async throws -> BrandingBody {
        let answer = try await world.api.call("GET", "/api/branding")
        #expect(answer.status == 200, "\(answer.text)")
        return try JSONDecoder().decode(BrandingBody.self, from: Data(answer.text.utf8))
    }

    @Test func `without settings it is Latchkey's own look, and a code signs people in`()
        async throws
    {
        try await withGateway { world in
            let look = try await branding(world)
            #expect(look.productName == "Latchkey" && look.logoUrl == nil)
            #expect(look.iconUrl == "/brand/icon" && look.locale == "en")
            #expect(look.locales == ["en", "de", "fr", "es"])
            #expect(look.appUrl == nil && look.supportEmail == nil)
            #expect(look.termsUrl == nil && look.privacyUrl == nil)
            #expect(look.signIn == [BrandingBody.Way(.code)])
            #expect(look.colors.light.accent == "#2f4bd8")
            #expect(look.colors.light.onAccent == "#ffffff")
        }
    }

    @Test func `everything that is configured is in it`() async throws {
        let folder = try TemporaryFolder()
        let logo = folder.path + "/logo.svg"
        try "<svg xmlns=\"http://www.w3.org/2000/svg\"/>".write(
            toFile: logo, atomically: true, encoding: .utf8)
        let settings = [
            "LATCHKEY_PRODUCT_NAME": "Acme <&> Co", "LATCHKEY_ACCENT": "#ffff00",
            "LATCHKEY_APP_URL": "https://acme.example/", "LATCHKEY_LOCALE": "fr",
            "LATCHKEY_SUPPORT_EMAIL": "help@acme.example", "LATCHKEY_PRODUCT_LOGO": logo,
            "LATCHKEY_TERMS_URL": "https://acme.example/terms",
            "LATCHKEY_PRIVACY_URL": "https://acme.example/privacy",
            "LATCHKEY_PUBLIC_URL": "https://api.example.com/access",
            "LATCHKEY_OIDC_ISSUER": "https://idp.example.com",
            "LATCHKEY_OIDC_CLIENT_ID": "latchkey", "LATCHKEY_OIDC_CLIENT_SECRET": "s e:cret",
            "LATCHKEY_OIDC_NAME": "Acme Login",
        ]
        try await withGateway(extra: settings, links: FakeLinks()) { world in
            let look = try await branding(world)
            #expect(look.productName == "Acme <&> Co" && look.locale == "fr")
            #expect(look.logoUrl == "https://api.example.com/access/brand/logo")
            #expect(look.iconUrl == "https://api.example.com/access/brand/icon")
            #expect(look.appUrl == "https://acme.example/")
            #expect(look.supportEmail == "help@acme.example")
            #expect(look.termsUrl == "https://acme.example/terms")
            #expect(look.privacyUrl == "https://acme.example/privacy")
            let ways = [BrandingBody.Way(.oidc, name: "Acme Login"), BrandingBody.Way(.code)]
            #expect(look.signIn == ways)
            // Yellow can be a button's, but no link's on white.
            #expect(look.colors.light.accent == "#ffff00")
            #expect(look.colors.light.onAccent == "#000000" && look.colors.light.link != "#ffff00")
            let text = try await world.api.call("GET", "/api/branding").text
            #expect(!text.contains("s e:cret") && !text.contains("idp.example.com"))
            for (path, title) in [
                ("/docs", "Acme &lt;&amp;&gt; Co API reference"),
                ("/docs/users", "Users: Acme &lt;&amp;&gt; Co API"),
                ("/problems", "Acme &lt;&amp;&gt; Co problems"),
                ("/problems/not_found", "not_found: Acme &lt;&amp;&gt; Co problems"),
            ] {
                let page = try await world.api.call("GET", path).text
                #expect(page.contains("<title>\(title)</title>"), "\(path)")
                #expect(page.contains("--link: \(look.colors.light.link);"))
                #expect(page.contains("--link: \(look.colors.dark.link);"))
            }
            let index = try await world.api.call("GET", "/llms.txt").text
            #expect(index.hasPrefix("# Acme <&> Co\n"))
        }
        // Where the provider could lead nobody back to, nobody is sent there.
        try await withGateway(extra: settings) { world in
            let ways = try await branding(world).signIn
            #expect(ways == [BrandingBody.Way(.code)])
        }
    }

    @Test(arguments: [false, true]) func `anyone can get it, and keep it for five minutes`(
        throughEdge: Bool
    ) async throws {
        try await withGateway(throughEdge: throughEdge) { world in
            let answer = try await world.api.call("GET", "/api/branding", token: "nonsense")
            #expect(answer.status == 200)
            let caching = answer.fields.filter { $0.name == "cache-control" }.map(\.value)
            #expect(caching == ["public, max-age=300"])
            let tag = try #require(answer.field("etag"))
            let again = try await world.api.call(
                "GET", "/api/branding", fields: ["If-None-Match: \(tag)"])
            #expect(again.status == 304 && again.body.isEmpty)
            #expect(again.field("cache-control") == "public, max-age=300")
            // All other responses of the API are stored nowhere.
            let me = try await world.api.call("GET", "/api/me", token: adminToken)
            let others = me.fields.filter { $0.name == "cache-control" }.map(\.value)
            #expect(others == ["no-store"])
        }
    }
}
