import Foundation
import GatewayContract
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Signing in to the console at the identity provider.
@Suite struct ConsoleSignInTests {
    private let back = "/invitations/signed-in?"
    private static let verifier = "a-verifier-that-the-console-has-made-and-kept"
    private static let challenge = Base64URL.encode(SHA256.hash(Array(verifier.utf8)))

    private func withConsole(
        open: Bool = true, throughEdge: Bool = false,
        _ test: (GatewayWorld, FakeProvider) async throws -> Void
    ) async throws {
        let extra = ["LATCHKEY_SIGNUP": open ? "open" : "closed"]
        try await withProvider(extra: extra, throughEdge: throughEdge) { world, provider, _ in
            try await test(world, provider)
        }
    }

    /// What the console does when the button is pressed.
    /// - Returns: where it leads, and the cookie as a browser sends it.
    private func begin(
        _ world: GatewayWorld, challenge: String = challenge
    ) async throws -> (location: String, cookie: String) {
        let answer = try await world.page(
            "/console/sign-in?challenge=\(challenge)", fields: ["Sec-Fetch-Site: same-origin"])
        #expect(answer.status == 303, "\(answer.text)")
        #expect(answer.field("referrer-policy") == "no-referrer")
        let field = try #require(answer.field("set-cookie"))
        #expect(field.contains("HttpOnly; SameSite=Lax; Secure"))
        return (try #require(answer.field("location")), String(field.prefix { $0 != ";" }))
    }

    /// Signs in at the provider, and comes back.
    /// - Returns: the fragment of the console's address.
    private func comeBack(
        _ world: GatewayWorld, _ provider: FakeProvider, as email: String = "bob@example.com",
        _ change: [String: String?] = [:]
    ) async throws -> String {
        let (location, cookie) = try await begin(world)
        let query = try provider.signIn(location, as: email, at: world.clock.now(), change)
        return try await fragment(world, query, cookie: cookie)
    }

    private func fragment(
        _ world: GatewayWorld, _ query: String, cookie: String?
    ) async throws -> String {
        let answer = try await world.page(back + query, cookie: cookie)
        #expect(answer.status == 303, "\(answer.text)")
        #expect(answer.field("cache-control") == "no-store")
        #expect(answer.field("referrer-policy") == "no-referrer")
        // The API accepts bearer tokens alone: no cookie signs anybody in to the console.
        let cookies = answer.fields.filter { $0.name == "set-cookie" }.map(\.value)
        #expect(cookies.count == 1 && cookies[0].hasPrefix("__Host-latchkey_console_flow=; "))
        let location = try #require(answer.field("location"))
        let parts = location.split(separator: "#", omittingEmptySubsequences: false)
        #expect(parts.count == 2 && parts[0] == "/access/console/")
        return String(parts[1])
    }

    private func code(in fragment: String) throws -> String {
        #expect(fragment.hasPrefix("sign-in="), "\(fragment)")
        return String(fragment.dropFirst("sign-in=".count))
    }

    private func exchange(
        _ world: GatewayWorld, _ code: String, verifier: String = verifier
    ) async throws -> RawResponse {
        try await world.api.call(
            "POST", "/api/auth/oidc/sessions",
            body: #"{"code":"\#(code)","verifier":"\#(verifier)"}"#)
    }

    private func expectNobody(_ answer: RawResponse, _ world: GatewayWorld) throws {
        #expect(answer.status == 401 && answer["code"] == "invalid_code", "\(answer.text)")
        #expect(try !world.actions().contains("session.began"))
    }

    // MARK: The way in

    @Test(arguments: [false, true]) func `a verified address gets a session at the console`(
        throughEdge: Bool
    ) async throws {
        try await withConsole(throughEdge: throughEdge) { world, provider in
            let (location, cookie) = try await begin(world)
            #expect(location.hasPrefix("\(provider.issuer)/authorize?tenant=a&response_type=code&"))
            #expect(!location.contains("login_hint") && !location.contains(Self.challenge))
            #expect(cookie.hasPrefix("__Host-latchkey_console_flow="))
            let query = try provider.signIn(
                location, as: "Bob@Example.com", at: world.clock.now())
            let code = try code(in: try await fragment(world, query, cookie: cookie))
            #expect(try !world.actions().contains("session.began"))
            let answer = try await exchange(world, code)
            #expect(answer.status == 201 && answer["expiresAt"] != nil, "\(answer.text)")
            let token = try #require(answer["token"])
            #expect(token.hasPrefix("st_live_"))
            let me = try await world.api.call("GET", "/api/me", token: token)
            #expect(me["email"] == "bob@example.com")
            #expect(try world.actions().suffix(2) == ["user.created", "session.began"])
            // Nothing secret is in the log or the database.
            let rows = try world.rows().joined()
            for secret in [code, token, Self.verifier] {
                #expect(!world.log.text.contains(secret) && !rows.contains(secret))
            }
        }
    }

    @Test func `the same user comes back, and signing out ends the session`() async throws {
        try await withConsole(open: false) { world, provider in
            let bob = try await world.user("bob")
            let answer = try await exchange(
                world, try code(in: try await comeBack(world, provider)))
            #expect(answer.json?["user"]?["id"]?.string == bob.id)
            let token = try #require(answer["token"])
            let end = try await world.api.call(
                "DELETE", "/api/auth/sessions/current", token: token)
            #expect(end.status == 204)
            #expect(try await world.api.call("GET", "/api/me", token: token).status == 401)
        }
    }

    @Test func `where sign-up is closed, who has no account gets none`() async throws {
        try await withConsole(open: false) { world, provider in
            let before = try world.rows()
            let end = try await comeBack(world, provider, as: "eve@example.com")
            #expect(end == "sign-in-failed=no_account")
            #expect(try world.rows() == before)
        }
    }

    @Test func `without a provider there is no way to one`() async throws {
        try await withLinks { world, _ in
            let answer = try await world.page("/console/sign-in?challenge=\(Self.challenge)")
            #expect(answer.status == 404)
            try expectNobody(try await exchange(world, "x"), world)
        }
    }

    // MARK: Threats

    @Test func `a code of the attacker's own sign-in works in no other browser`() async throws {
        try await withConsole { world, provider in
            // The attacker's code, in the victim's console, which has made another verifier.
            let code = try code(in: try await comeBack(world, provider, as: "eve@example.com"))
            let victims = try await exchange(world, code, verifier: "the-victim's-own-verifier")
            try expectNobody(victims, world)
            // A wrong verifier uses it up: nobody can try several.
            try expectNobody(try await exchange(world, code), world)
        }
    }

    @Test func `a redirect that comes to another browser signs nobody in`() async throws {
        try await withConsole { world, provider in
            let (location, _) = try await begin(world)
            let query = try provider.signIn(
                location, as: "eve@example.com", at: world.clock.now())
            let (_, victims) = try await begin(world)
            for cookie in [nil, victims, "__Host-latchkey_console_flow=AAAA"] {
                let end = try await fragment(world, query, cookie: cookie)
                #expect(end == "sign-in-failed=failed")
            }
            #expect(provider.log.value.forms.isEmpty)
        }
    }

    @Test(arguments: ["cross-site", "same-site"]) func `another site can't begin a sign-in`(
        site: String
    ) async throws {
        try await withConsole { world, _ in
            let answer = try await world.page(
                "/console/sign-in?challenge=\(Self.challenge)", fields: ["Sec-Fetch-Site: \(site)"])
            #expect(answer.status == 303 && answer.field("location") == "/access/console/#")
            #expect(answer.field("set-cookie") == nil)
        }
    }

    @Test func `a sign-in for the console doesn't answer an invitation, nor the reverse`()
        async throws
    {
        try await withConsole { world, provider in
            let now = world.clock.now()
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(location, as: "bob@example.com", at: now)
            let other = try await world.page(
                "/invitations/sign-in?token=\(FakeLinks.token)")
            let invitation = String(try #require(other.field("set-cookie")).prefix { $0 != ";" })
            #expect(try await fragment(world, query, cookie: invitation).contains("failed"))
            // The sealed flow of the console under the other name.
            let sealed = cookie.split(separator: "=", maxSplits: 1)[1]
            let unmarked = query.replacing(".console", with: "")
            let page = try await world.page(
                back + unmarked, cookie: "__Host-latchkey_flow=\(sealed)")
            #expect(page.status == 400)
            #expect(provider.log.value.forms.isEmpty)
        }
    }

    @Test func `codes and redirects work once`() async throws {
        try await withConsole { world, provider in
            let (location, cookie) = try await begin(world)
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now())
            let code = try code(in: try await fragment(world, query, cookie: cookie))
            #expect(
                try await fragment(world, query, cookie: cookie) == "sign-in-failed=failed")
            #expect(try await exchange(world, code).status == 201)
            let again = try await exchange(world, code)
            #expect(again.status == 401 && again["code"] == "invalid_code")
            #expect(try world.actions().count { $0 == "session.began" } == 1)
        }
    }

    @Test func `of concurrent exchanges of one code one gets a session`() async throws {
        try await withConsole { world, provider in
            let code = try code(in: try await comeBack(world, provider))
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...8 {
                    group.addTask { try await exchange(world, code).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201] + Array(repeating: 401, count: 7))
        }
    }

    @Test func `a code expires after a minute, and a sign-in after ten`() async throws {
        try await withConsole { world, provider in
            let late = try code(in: try await comeBack(world, provider))
            world.clock.advance(seconds: Int64(ProviderSessionBody.codeSeconds) + 1)
            try expectNobody(try await exchange(world, late), world)
            let (location, cookie) = try await begin(world)
            world.clock.advance(seconds: OIDCFlow.seconds)
            let query = try provider.signIn(
                location, as: "bob@example.com", at: world.clock.now())
            #expect(
                try await fragment(world, query, cookie: cookie) == "sign-in-failed=failed")
            // The next code deletes the ones that are over.
            _ = try await comeBack(world, provider)
            _ = try await comeBack(world, provider)
            world.clock.advance(seconds: Int64(ProviderSessionBody.codeSeconds) + 1)
            _ = try await comeBack(world, provider)
            let left = try world.service.database.read { db in
                try db.row("SELECT count(*) FROM provider_codes") { $0.int(0) }
            }
            #expect(left == 1)
        }
    }

    @Test(arguments: [
        ["email_verified": "false"], ["email_verified": nil], ["email": nil],
    ]) func `an address that isn't verified proves nothing`(
        change: [String: String?]
    ) async throws {
        try await withConsole { world, provider in
            let before = try world.rows()
            let end = try await comeBack(world, provider, change)
            #expect(end == "sign-in-failed=unverified")
            #expect(try world.rows() == before)
        }
    }

    @Test func `a suspended user is told so, and isn't signed in`() async throws {
        try await withConsole { world, provider in
            let bob = try await world.user("bob")
            let code = try code(in: try await comeBack(world, provider))
            _ = try await world.api.call(
                "PATCH", "/api/users/\(bob.id)", token: adminToken, body: #"{"suspended":true}"#)
            let answer = try await exchange(world, code)
            #expect(answer.status == 401 && answer["code"] == "user_suspended")
            #expect(try !world.actions().contains("session.began"))
        }
    }

    @Test func `a user who is deleted meanwhile isn't signed in`() async throws {
        try await withConsole { world, provider in
            let bob = try await world.user("bob")
            let code = try code(in: try await comeBack(world, provider))
            _ = try await world.api.call("DELETE", "/api/users/\(bob.id)", token: adminToken)
            try expectNobody(try await exchange(world, code), world)
        }
    }

    @Test(arguments: [
        "", "?challenge=", "?challenge=short", "?challenge=\(challenge)A",
        "?challenge=\(challenge.dropLast())%3D",
    ]) func `a challenge that is none leads back to the console`(query: String) async throws {
        try await withConsole { world, _ in
            let answer = try await world.page("/console/sign-in" + query)
            #expect(answer.status == 303 && answer.field("location") == "/access/console/#")
        }
    }

    @Test func `a refusal at the provider, or its absence, leads back and says so`()
        async throws
    {
        try await withConsole { world, provider in
            let (location, cookie) = try await begin(world)
            let state = try #require(location.firstMatch(of: /state=([^&]+)/)).1
            let refused = try await fragment(
                world, "error=access_denied&state=\(state)", cookie: cookie)
            #expect(refused == "sign-in-failed=failed")
            // Some providers leave the state out when they refuse.
            let (_, other) = try await begin(world)
            let silent = try await world.page(back + "error=access_denied", cookie: other)
            #expect(silent.field("location") == "/access/console/#sign-in-failed=failed")
            let wrong = try await comeBack(world, provider, ["nonce": "\"a\""])
            #expect(wrong == "sign-in-failed=failed")
        }
        try await withConsole { world, provider in
            provider.log.change { $0.isAway = true }
            let away = try await world.page("/console/sign-in?challenge=\(Self.challenge)")
            #expect(away.status == 303)
            #expect(away.field("location") == "/access/console/#sign-in-failed=unavailable")
        }
    }

    @Test(arguments: [
        #"{"code":"","verifier":"a"}"#, #"{"code":"a","verifier":""}"#, #"{"code":"a"}"#,
        #"{"code":"a","verifier":"\#(String(repeating: "a", count: 129))"}"#,
    ]) func `what can't be a code and its verifier is invalid`(body: String) async throws {
        try await withConsole { world, _ in
            let answer = try await world.api.call("POST", "/api/auth/oidc/sessions", body: body)
            #expect(answer.status == 422, "\(answer.text)")
        }
    }
}
