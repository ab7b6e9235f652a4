import Contract
import InvitationsContract
import TestSupport
import Testing

@testable import Gateway

/// The page behind an `accept_url`, in all its states.
@Suite struct InvitationPagesTests {
    private let link = "\(GatewayWorld.accept)?token=\(FakeLinks.token)"

    @Test func `the page names inviter and entity, and offers a code to signed-out visitors`()
        async throws
    {
        try await withLinks { world, links in
            try await world.inviter("Ada")
            links.name("CRM", "Come in")
            let page = try await world.page(link)
            #expect(page.status == 200)
            #expect(page.text.contains("<h1>Ada invites you to work on CRM</h1>"))
            #expect(page.text.contains("<blockquote>Come in</blockquote>"))
            #expect(page.text.contains("bob@example.com") && page.text.contains("value=\"code\""))
            #expect(!page.text.contains("value=\"accept\"") && !page.text.contains("proof"))
            #expect(page.field("set-cookie") == nil)
        }
    }

    @Test func `signing in with a code leads to accepting with one click`() async throws {
        try await withLinks { world, links in
            let cookie = try await world.enter()
            let page = try await world.page(link, cookie: cookie)
            #expect(page.text.contains("value=\"accept\""))
            #expect(page.text.contains("value=\"decline\""))
            #expect(links.answers.isEmpty)
            let proof = try await world.proof(cookie)
            let answered = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=accept",
                cookie: cookie)
            #expect(
                answered.status == 200
                    && answered.text.contains("<h1>You now have access to CRM</h1>"))
            let command = try #require(links.answers.first)
            #expect(command.accepts && command.email == "bob@example.com")
            #expect(command.token == FakeLinks.token && command.claim == nil)
            #expect(command.userId == command.actor.userId && !command.userId.isEmpty)
            // Going back shows the result to the invitee.
            let back = try await world.page(link, cookie: cookie)
            #expect(back.text.contains("You now have access to"))
            let others = try await world.page(link)
            #expect(others.text.contains("already been accepted") && others.status == 200)
            #expect(links.answers.count == 1)
        }
    }

    @Test func `only invitees can sign up where sign-up is closed`()
        async throws
    {
        try await withLinks(extra: ["LATCHKEY_SIGNUP": "closed"]) { world, _ in
            // Without an invitation there is a decoy, sent to nobody.
            _ = try await world.requestCode("bob@example.com")
            #expect(await eventually { (try? world.endedMails()) == 1 })
            #expect(world.mails(to: "bob@example.com").isEmpty)
            _ = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&action=code")
            #expect(await eventually { world.mails(to: "bob@example.com").count == 1 })
            let mail = try #require(world.mails(to: "bob@example.com").first)
            let found = try #require(mail.firstMatch(of: /\b(\d{4}) (\d{4})\b/))
            // The code alone creates no user: the invitation does.
            let alone = try await world.signIn("bob@example.com", "\(found.1)\(found.2)")
            #expect(alone.status == 401)
            let entered = try await world.form(
                GatewayWorld.accept,
                "token=\(FakeLinks.token)&action=enter&code=\(found.1)\(found.2)")
            #expect(entered.status == 303 && entered.field("set-cookie") != nil)
        }
    }

    @Test func `each page of an acceptance costs the invitations service one call`()
        async throws
    {
        try await withLinks { world, links in
            var before = links.calls
            func calls() -> Int {
                defer { before = links.calls }
                return links.calls - before
            }
            _ = try await world.page(link)
            #expect(calls() == 1)
            // Requesting a code, then entering it.
            let cookie = try await world.enter()
            #expect(calls() == 2)
            let proof = try await world.proof(cookie)
            #expect(calls() == 1)
            let accepted = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=accept",
                cookie: cookie)
            #expect(accepted.text.contains("You now have access to CRM"))
            #expect(calls() == 1 && links.answers.count == 1)
        }
    }

    @Test func `a response to what has ended meanwhile shows how it ended`() async throws {
        try await withLinks { world, links in
            let cookie = try await world.enter()
            let proof = try await world.proof(cookie)
            links.set(.expired)
            links.refuse(410, "invitation_expired", "Expired.")
            let late = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=accept",
                cookie: cookie)
            #expect(late.status == 410 && late.text.contains("This invitation has expired"))
            #expect(links.answers.isEmpty)
        }
    }

    @Test func `declining is confirmed`() async throws {
        try await withLinks { world, links in
            let cookie = try await world.enter()
            let proof = try await world.proof(cookie)
            let answered = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=decline",
                cookie: cookie)
            #expect(answered.text.contains("You declined this invitation"))
            #expect(links.answers.map(\.accepts) == [false])
        }
    }

    @Test func `a user with another address can't respond`() async throws {
        try await withLinks { world, links in
            let code = try await world.newCode("eve@example.com")
            let session = try await world.signIn("eve@example.com", code)
            let cookie = "__Host-latchkey_session=\(session["token"] ?? "")"
            let page = try await world.page(link, cookie: cookie)
            #expect(page.text.contains("You are signed in as eve@example.com"))
            #expect(
                page.text.contains("value=\"code\"") && !page.text.contains("value=\"accept\""))
            let refused = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&proof=x&action=accept",
                cookie: cookie)
            #expect(refused.text.contains("Sign in to respond."))
            #expect(links.answers.isEmpty)
        }
    }

    @Test func `an API token in the cookie is ignored`() async throws {
        try await withLinks { world, _ in
            let bob = try await world.user("bob")
            let page = try await world.page(link, cookie: "__Host-latchkey_session=\(bob.token)")
            #expect(page.text.contains("value=\"code\"") && !page.text.contains("signed in as"))
            // An ended session is ignored, too.
            let cookie = try await world.enter()
            let token = String(cookie.split(separator: "=")[1])
            let ended = try await world.api.call(
                "DELETE", "/api/auth/sessions/current", token: token)
            #expect(ended.status == 204)
            let after = try await world.page(link, cookie: cookie)
            #expect(after.text.contains("value=\"code\""))
            // The cookie is for the pages alone: the API accepts bearer tokens.
            let fresh = try await world.enter()
            let me = try await world.api.call("GET", "/api/me", fields: ["Cookie: \(fresh)"])
            #expect(me.status == 401)
        }
    }

    @Test func `the cookie's session expires`() async throws {
        try await withLinks { world, _ in
            let cookie = try await world.enter()
            world.clock.advance(seconds: 30 * 86_400)
            let after = try await world.page(link, cookie: cookie)
            #expect(after.text.contains("value=\"code\""))
        }
    }

    @Test(arguments: ["", "12345678", "1234-5678", "abc", String(repeating: "1", count: 100)])
    func `a wrong code shows the form again`(_ code: String) async throws {
        try await withLinks { world, _ in
            _ = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&action=code")
            let page = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&action=enter&code=\(code)")
            #expect(page.status == 422 && page.text.contains("id=\"wrong\""), "\(page.text)")
            #expect(page.text.contains("name=\"code\"") && page.field("set-cookie") == nil)
            #expect(page.text.contains("aria-describedby=\"wrong\""))
        }
    }

    @Test func `after five wrong codes the right one is refused`() async throws {
        try await withLinks { world, _ in
            let code = try await world.newCode("bob@example.com")
            for _ in 0..<5 {
                _ = try await world.form(
                    GatewayWorld.accept,
                    "token=\(FakeLinks.token)&action=enter&code=\(world.wrong(code))")
            }
            let page = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&action=enter&code=\(code)")
            #expect(page.status == 422)
        }
    }

    @Test func `a code is sent to the invited address, whatever the form says`() async throws {
        try await withLinks { world, _ in
            let code = try await world.newCode("eve@example.com")
            let page = try await world.form(
                GatewayWorld.accept,
                "token=\(FakeLinks.token)&action=enter&code=\(code)&email=eve@example.com")
            #expect(page.status == 422)
            _ = try await world.form(
                GatewayWorld.accept,
                "token=\(FakeLinks.token)&action=code&email=eve@example.com")
            #expect(await eventually { world.mails(to: "bob@example.com").count == 1 })
            #expect(world.mails(to: "eve@example.com").count == 1)
        }
    }

    /// The browser sends the form twice, and keeps only the second response.
    @Test func `pressing the claim's button twice succeeds twice`()
        async throws
    {
        try await withLinks { world, links in
            let showing = try await world.showing()
            let other = try await world.showing()
            #expect(showing != other)
            let form = "claim=\(FakeLinks.claim)&showing=\(showing)"
            let first = try await world.form(GatewayWorld.claim, form)
            let second = try await world.form(GatewayWorld.claim, form)
            #expect(first.status == 303 && second.status == 303)
            let cookie = try #require(second.field("set-cookie"))
            #expect(cookie == first.field("set-cookie"))
            let page = try await world.page(
                "\(GatewayWorld.claim)?claim=\(FakeLinks.claim)",
                cookie: String(cookie.prefix { $0 != ";" }))
            #expect(page.status == 200 && page.text.contains("You now have access to"))
            #expect(links.answers.count == 1)
            // Another display of the page, or an invented one, counts as another browser.
            for wrong in [other, "", "x", showing.lowercased() + "a"] {
                let press = try await world.form(
                    GatewayWorld.claim, "claim=\(FakeLinks.claim)&showing=\(wrong)")
                #expect(press.status == 200 && press.field("set-cookie") == nil)
            }
        }
    }

    @Test func `twenty concurrent presses accept once and start one session`() async throws {
        try await withLinks { world, links in
            let form = "claim=\(FakeLinks.claim)&showing=\(try await world.showing())"
            let pages = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await world.form(GatewayWorld.claim, form) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(pages.allSatisfy { $0.status == 303 })
            #expect(Set(pages.map { $0.field("set-cookie") }).count == 1)
            #expect(links.answers.count == 1)
        }
    }

    @Test func `a second press does not restart an ended session`() async throws {
        try await withLinks { world, links in
            let form = "claim=\(FakeLinks.claim)&showing=\(try await world.showing())"
            let first = try await world.form(GatewayWorld.claim, form)
            let cookie = try #require(first.field("set-cookie"))
            let token = cookie.dropFirst("__Host-latchkey_session=".count).prefix { $0 != ";" }
            let out = try await world.api.call(
                "DELETE", "/api/auth/sessions/current", token: String(token))
            #expect(out.status == 204)
            let second = try await world.form(GatewayWorld.claim, form)
            #expect(second.status == 200 && second.field("set-cookie") == nil)
            #expect(links.answers.count == 1)
        }
    }

    @Test func `an expired session is not resumed by a second press`() async throws {
        try await withLinks { world, _ in
            let form = "claim=\(FakeLinks.claim)&showing=\(try await world.showing())"
            #expect(try await world.form(GatewayWorld.claim, form).status == 303)
            world.clock.advance(seconds: TokenStore.sessionSeconds)
            let second = try await world.form(GatewayWorld.claim, form)
            #expect(second.status == 200 && second.field("set-cookie") == nil)
        }
    }

    @Test func `nor is the session of a user whose address has changed`() async throws {
        try await withLinks { world, links in
            let form = "claim=\(FakeLinks.claim)&showing=\(try await world.showing())"
            #expect(try await world.form(GatewayWorld.claim, form).status == 303)
            let user = try #require(links.answers.first?.userId)
            let changed = try await world.api.call(
                "PATCH", "/api/users/\(user)", token: adminToken,
                body: #"{"email":"other@example.com"}"#)
            #expect(changed.status == 200)
            let second = try await world.form(GatewayWorld.claim, form)
            #expect(second.status == 200 && second.field("set-cookie") == nil)
        }
    }

    @Test func `a rate-limited client gets Retry-After`() async throws {
        try await withLinks(extra: ["LATCHKEY_SIGN_IN_LIMIT": "2"]) { world, links in
            for _ in 0..<2 {
                _ = try await world.form(
                    GatewayWorld.accept, "token=\(FakeLinks.token)&action=code")
            }
            for (target, body) in [
                (GatewayWorld.accept, "token=\(FakeLinks.token)&action=code"),
                (GatewayWorld.claim, "claim=\(FakeLinks.claim)"),
            ] {
                let page = try await world.form(target, body)
                #expect(page.status == 429 && page.field("retry-after") == "3600")
                #expect(page.text.contains("<h1>Too many attempts</h1>"))
                #expect(page.text.contains("Back to the invitation"))
            }
            #expect(links.answers.isEmpty)
        }
    }

    @Test(arguments: [
        (InvitationStatus.expired, false, 410, "This invitation has expired"),
        (.revoked, false, 410, "This invitation was revoked"),
        (.revoked, true, 200, "You declined this invitation"),
        (.accepted, false, 200, "This invitation has already been accepted"),
    ])
    func `an ended invitation shows its status and accepts no response`(
        _ status: InvitationStatus, _ isDeclined: Bool, _ code: Int, _ title: String
    ) async throws {
        try await withLinks { world, links in
            links.set(status, isDeclined: isDeclined)
            var pages = [
                try await world.page(link),
                try await world.page("\(GatewayWorld.claim)?claim=\(FakeLinks.claim)"),
            ]
            for action in ["code", "enter&code=12345678", "accept&proof=x", "decline"] {
                pages.append(
                    try await world.form(
                        GatewayWorld.accept, "token=\(FakeLinks.token)&action=\(action)"))
            }
            for page in pages {
                #expect(page.status == code && page.text.contains("<h1>\(title)</h1>"))
                #expect(!page.text.contains("<form"))
            }
            #expect(links.answers.isEmpty && world.mails(to: "bob@example.com").isEmpty)
        }
    }

    @Test(arguments: ["", "?token=", "?token=inv_1.x", "?claim=x"])
    func `an unknown link gets 404`(_ query: String) async throws {
        try await withLinks { world, _ in
            let page = try await world.page(GatewayWorld.accept + query)
            #expect(page.status == 404 && page.text.contains("We can&#39;t find this invitation"))
            #expect(page.field("content-type") == "text/html; charset=utf-8")
            let posted = try await world.form(
                GatewayWorld.accept, String(query.dropFirst()) + "&action=code")
            #expect(posted.status == 404)
            let twice = try await world.page("\(link)&token=other")
            #expect(twice.status >= 400 && !twice.text.contains("<form"), "\(twice.status)")
        }
    }

    @Test func `a deleted inviter has no name`() async throws {
        try await withLinks { world, links in
            let shown = try await world.page(link)
            #expect(shown.text.contains("Someone invites you"))
            links.set(.expired)
            let expired = try await world.page(link)
            #expect(expired.text.contains("Ask the owner for a new one"))
        }
    }

    @Test func `the page is 503 while the invitations service is down`() async throws {
        try await withLinks { world, links in
            links.goDown()
            let page = try await world.page(link)
            #expect(page.status == 503 && page.field("retry-after") == "1")
            #expect(page.text.contains("Something went wrong"))
        }
    }
}
