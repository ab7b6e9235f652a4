import Foundation
import HTTPCore
import HTTPServer
import InvitationsContract
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// Signing in with OpenID Connect on the page of an invitation.
@Suite struct OIDCTests {
    private let link = "\(GatewayWorld.accept)?token=\(FakeLinks.token)"
    private let start = "/invitations/sign-in?token=\(FakeLinks.token)"
    private let back = "/invitations/signed-in?"

    /// Presses the button.
    /// - Returns: where it leads, and the cookie as a browser sends it.
    private func begin(_ world: GatewayWorld) async throws -> (location: String, cookie: String) {
        let answer = try await world.page(start)
        #expect(answer.status == 303, "\(answer.text)")
        let field = try #require(answer.field("set-cookie"))
        return (try #require(answer.field("location")), String(field.prefix { $0 != ";" }))
    }

    private func expectNobody(
        _ answer: RawResponse, _ world: GatewayWorld, _ text: String
    ) throws {
        #expect(answer.status != 303 && answer.text.contains(text), "\(answer.text)")
        let cookies = answer.fields.filter { $0.name == "set-cookie" }.map(\.value)
        #expect(!cookies.contains { $0.contains("latchkey_session=st_") })
        #expect(try !world.actions().contains("session.began"))
    }

    // MARK: The way in

    @Test(arguments: [false, true]) func `a verified address proves the mailbox`(
        throughEdge: Bool
    ) async throws {
        try await withProvider(throughEdge: throughEdge) { world, provider, links in
            let page = try await world.page(link)
            #expect(
                page.text.contains(
                    #"href="/access/invitations/sign-in?token="#)
                    && page.text.contains(
                        "Continue with Acme &lt;Login&gt;"),
                "\(page.text)")
            #expect(page.text.contains("value=\"code\""))
            let (location, cookie) = try await begin(world)
            #expect(location.hasPrefix("\(provider.issuer)/authorize?tenant=a&response_type=code&"))
            #expect(location.contains("code_challenge_method=S256"))
            #expect(location.contains("scope=openid%20email"))
            #expect(cookie.hasPrefix("__Host-latchkey_flow="))
            let query = try provider.signIn(
                location, as: "Bob@Example.com", at: world.clock.now())
            let answer = try await world.page(back + query, cookie: cookie)
            #expect(answer.status == 303, "\(answer.text)")
            #expect(answer.field("location") == "/access" + link)
            let cookies = answer.fields.filter { $0.name == "set-cookie" }.map(\.value)
            let session = try #require(
                cookies.first { $0.hasPrefix("__Host-latchkey_session=st_") })
            #expect(cookies.contains { $0.hasPrefix("__Host-latchkey_flow=; ") })
            let form = try #require(provider.log.value.forms.first)
            let basic = Base64.encode(Array("latchkey:s%20e%3Acret".utf8))
            #expect(form["authorization"] == "Basic \(basic)")
            #expect(form["redirect_uri"] == "https://api.example.com/access/invitations/signed-in")
            // From here it is as with a code.
            let signedIn = String(session.prefix { $0 != ";" })
            let proof = try await world.proof(signedIn)
            let accepted = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=accept",
                cookie: signedIn)
            #expect(accepted.text.contains("You now have access to CRM"))
            #expect(links.answers.first?.email == "bob@example.com")
            #expect(try world.actions().suffix(2) == ["user.created", "session.began"])
        }
    }

    @Test func `a secret goes where the provider wants it, and a public client has none`()
        async throws
    {
        for secret in ["s", nil] {
            try await withProvider(secret: secret) { world, provider, _ in
                provider.log.change {
                    $0.more =
                        #","token_endpoint_auth_methods_supported":["client_secret_post","none"]"#
                }
                let (location, cookie) = try await begin(world)
                let query = try provider.signIn(
                    location, as: "bob@example.com", at: world.clock.now())
                #expect(try await world.page(back + query, cookie: cookie).status == 303)
                let form = try #require(provider.log.value.forms.first)
                #expect(form["client_id"] == "latchkey" && form["client_secret"] == secret)
                #expect(form["authorization"] == nil)
            }
        }
    }

    @Test func `without a provider there is no button`() async throws {
        try await withLinks { world, _ in
            let page = try await world.page(link)
            #expect(!page.text.contains("Continue with"))
            #expect(try await world.page(start).status == 404)
            #expect(try await world.page(back + "code=a&state=b").status == 404)
        }
    }

    // MARK: Threats

    @Test func `a redirect that comes to another browser signs nobody in`() async throws {
        try await withProvider { world, provider, _ in
            let now = world.clock.now()
            // The attacker signs in, and has the victim follow the redirect.
            let (location, own) = try await begin(world)
            let query = try provider.signIn(location, as: "bob@example.com", at: now)
            let (_, victims) = try await begin(world)
            // Another host of the domain can set the attacker's cookie, without the prefix alone.
            let tossed = String(own.dropFirst("__Host-".count))
            #expect(tossed.hasPrefix("latchkey_flow="))
            for cookie in [nil, victims, "__Host-latchkey_flow=AAAA", "latchkey_flow=", tossed] {
                let answer = try await world.page(back + query, cookie: cookie)
                try expectNobody(answer, world, "This page has expired")
                #expect(answer.status == 400)
            }
            #expect(provider.log.value.forms.isEmpty)
        }
    }

    @Test func `states and codes work once`() async throws {
        try await withProvider { world, provider, _ in
            let now = world.clock.now()
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(location, as: "bob@example.com", at: now)
            #expect(try await world.page(back + query, cookie: cookie).status == 303)
            let again = try await world.page(back + query, cookie: cookie)
            #expect(again.status == 400 && again.text.contains("This page has expired"))
            #expect(provider.log.value.forms.count == 1)
            // A code of an earlier flow, in a new one.
            let (_, fresh) = try await begin(world)
            let sealed = String(fresh.dropFirst("__Host-latchkey_flow=".count))
            #expect(!sealed.contains("state"))
            let (next, other) = try await begin(world)
            let stolen = try provider.signIn(location, as: "bob@example.com", at: now)
                .split(separator: "&")[0]
            let state = try #require(next.firstMatch(of: /state=([^&]+)/)).1
            let mixed = try await world.page(back + "\(stolen)&state=\(state)", cookie: other)
            #expect(mixed.status == 200 && mixed.text.contains("t work. Try again"))
        }
    }

    @Test func `a sign-in that takes longer than ten minutes has to begin again`() async throws {
        try await withProvider { world, provider, _ in
            let (location, cookie) = try await begin(world)
            world.clock.advance(seconds: OIDCFlow.seconds)
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now())
            let late = try await world.page(back + query, cookie: cookie)
            try expectNobody(late, world, "This page has expired")
        }
    }

    @Test func `a redirect of another issuer is refused before its code is sent`() async throws {
        try await withProvider { world, provider, _ in
            func answer(_ more: String) async throws -> RawResponse {
                let (location, cookie) = try await begin(world)
                let query = try provider.signIn(
                    location, as: "bob@example.com", at: world.clock.now())
                return try await world.page(back + query + more, cookie: cookie)
            }
            let other = try await answer("&iss=https%3A%2F%2Fevil.example")
            try expectNobody(other, world, "t work. Try again")
            #expect(provider.log.value.forms.isEmpty)
            let own = PercentEncoding.encode(provider.issuer)
            #expect(try await answer("&iss=\(own)").status == 303)
        }
        // One that says that it names itself must do so.
        try await withProvider { world, provider, _ in
            provider.log.change {
                $0.more = #","authorization_response_iss_parameter_supported":true"#
            }
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now())
            let silent = try await world.page(back + query, cookie: cookie)
            try expectNobody(silent, world, "t work. Try again")
            #expect(provider.log.value.forms.isEmpty)
        }
    }

    @Test(arguments: [
        ["email_verified": "false"], ["email_verified": nil], ["email_verified": "\"true\""],
        ["email": nil], ["email": "\"bob\""],
    ]) func `an address that isn't verified proves nothing`(
        change: [String: String?]
    ) async throws {
        try await withProvider { world, provider, _ in
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now(), change)
            let answer = try await world.page(back + query, cookie: cookie)
            try expectNobody(answer, world, "verified your e-mail address. Use a code.")
        }
    }

    @Test func `another address is named, and gets no account`() async throws {
        try await withProvider { world, provider, _ in
            let before = try world.rows()
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(
                location, as: "eve@example.com", at: world.clock.now())
            let answer = try await world.page(back + query, cookie: cookie)
            try expectNobody(answer, world, "signed you in as eve@example.com")
            #expect(try world.rows() == before)
        }
    }

    @Test(arguments: [
        ["iss": "\"https://evil.example\""], ["aud": "\"other\""], ["nonce": "\"a\""],
        ["nonce": nil], ["exp": "1"], ["azp": "\"other\""], ["aud": #"["latchkey","other"]"#],
    ]) func `an ID token that is not for this sign-in is refused`(
        change: [String: String?]
    ) async throws {
        try await withProvider { world, provider, _ in
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now(), change)
            let answer = try await world.page(back + query, cookie: cookie)
            try expectNobody(answer, world, "t work. Try again")
        }
    }

    @Test func `an ID token with another's signature is refused`() async throws {
        try await withProvider { world, provider, _ in
            provider.log.change { $0.signer = .otherRSA }
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now())
            let answer = try await world.page(back + query, cookie: cookie)
            try expectNobody(answer, world, "t work. Try again")
        }
    }

    @Test func `a redirect leads to the invitation and nowhere else`() async throws {
        try await withProvider { world, provider, _ in
            let elsewhere =
                "&next=https%3A%2F%2Fevil.example&redirect_uri=https%3A%2F%2Fevil.example"
            let answer = try await world.page(start + elsewhere)
            let location = try #require(answer.field("location"))
            #expect(!location.contains("evil"))
            let cookie = String(try #require(answer.field("set-cookie")).prefix { $0 != ";" })
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now())
            let end = try await world.page(back + query + elsewhere, cookie: cookie)
            #expect(end.field("location") == "/access" + link)
        }
    }

    @Test func `a suspended user is told so, and isn't signed in`() async throws {
        try await withProvider { world, provider, _ in
            let bob = try await world.user("bob")
            _ = try await world.api.call(
                "PATCH", "/api/users/\(bob.id)", token: adminToken, body: #"{"suspended":true}"#)
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now())
            let answer = try await world.page(back + query, cookie: cookie)
            try expectNobody(answer, world, "suspended")
        }
    }

    @Test func `a refusal at the provider, or its absence, leaves the code`() async throws {
        try await withProvider { world, provider, _ in
            let (location, cookie) = try await begin(world)
            let state = try #require(location.firstMatch(of: /state=([^&]+)/)).1
            let refused = try await world.page(
                back + "error=access_denied&error_description=%3Cscript%3E&state=\(state)",
                cookie: cookie)
            try expectNobody(refused, world, "t work. Try again")
            #expect(!refused.text.contains("script") && refused.text.contains("value=\"code\""))
        }
        // Some providers leave out the state.
        try await withProvider { world, provider, _ in
            let (_, cookie) = try await begin(world)
            let refused = try await world.page(back + "error=access_denied", cookie: cookie)
            try expectNobody(refused, world, "t work. Try again")
            let other = try await world.page(back + "error=access_denied")
            try expectNobody(other, world, "expired, or was opened in another browser")
        }
        try await withProvider { world, provider, _ in
            provider.log.change { $0.isAway = true }
            let away = try await world.page(start)
            try expectNobody(away, world, "t be reached. Try again, or use a code.")
            #expect(!world.log.text.contains("s e:cret"))
        }
    }

    @Test func `an invitation that has ended meanwhile shows how`() async throws {
        try await withProvider { world, provider, links in
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now())
            links.set(.expired)
            let answer = try await world.page(back + query, cookie: cookie)
            try expectNobody(answer, world, "This invitation has expired")
            let late = try await world.page(start)
            #expect(late.status == 410)
        }
    }

    // MARK: Settings

    @Test(arguments: [
        (["CLIENT_ID": "a"], "LATCHKEY_OIDC_CLIENT_ID needs LATCHKEY_OIDC_ISSUER"),
        (["ISSUER": "https://a.example"], "LATCHKEY_OIDC_CLIENT_ID is required"),
        (["ISSUER": "http://a.example", "CLIENT_ID": "a"], "LATCHKEY_OIDC_ISSUER must be"),
        (
            ["ISSUER": "https://a.example", "CLIENT_ID": "a", "NAME": "\u{7}"],
            "LATCHKEY_OIDC_NAME must be"
        ),
    ]) func `an incomplete setting stops the start`(values: [String: String], rule: String) {
        var environment = ["LATCHKEY_PUBLIC_URL": "https://api.example.com"]
        for (name, value) in values { environment["LATCHKEY_OIDC_" + name] = value }
        let mistakes = readSettings(environment).1
        #expect(mistakes.count == 1 && mistakes[0].hasPrefix(rule), "\(mistakes)")
    }

    @Test func `sign-in needs a public URL`() {
        let mistakes = readSettings([
            "LATCHKEY_OIDC_ISSUER": "https://a.example", "LATCHKEY_OIDC_CLIENT_ID": "a",
        ]).1
        #expect(mistakes.count == 1 && mistakes[0].contains("needs LATCHKEY_PUBLIC_URL"))
    }
}
