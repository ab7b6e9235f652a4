import InvitationsContract
import TestSupport
import Testing

@testable import Gateway

/// Attacks on the pages behind the links of invitations.
@Suite struct InvitationPageSafetyTests {
    private let accept = "\(GatewayWorld.accept)?token=\(FakeLinks.token)"
    private let claim = "\(GatewayWorld.claim)?claim=\(FakeLinks.claim)"

    @Test func `GET and HEAD of an invitation link change nothing`() async throws {
        try await withLinks { world, links in
            let cookie = try await world.enter()
            let before = (try world.rows(), try world.actions())
            for target in [accept, claim, accept + "&action=accept", claim + "&action=accept"] {
                for method in ["GET", "HEAD"] {
                    for more in [[], ["Cookie: \(cookie)"], ["Purpose: prefetch"]] {
                        let page = try await world.api.call(method, target, fields: more)
                        #expect(page.status == 200 && page.field("set-cookie") == nil)
                    }
                }
            }
            #expect(try world.rows() == before.0 && world.actions() == before.1)
            #expect(links.answers.isEmpty && world.mails(to: "bob@example.com").count == 1)
        }
    }

    @Test func `pages are not cached or framed, send no referrer and run no scripts`() async throws
    {
        try await withLinks { world, links in
            var pages = [
                try await world.page(accept), try await world.page(claim),
                try await world.page(GatewayWorld.accept),
                try await world.form(
                    GatewayWorld.accept, "token=\(FakeLinks.token)&action=code"),
            ]
            links.set(.expired)
            pages.append(try await world.page(accept))
            for page in pages {
                #expect(page.field("content-type") == "text/html; charset=utf-8")
                #expect(page.field("cache-control") == "no-store")
                #expect(page.field("referrer-policy") == "strict-origin")
                #expect(page.field("x-frame-options") == "DENY")
                #expect(page.field("x-content-type-options") == "nosniff")
                #expect(page.field("x-robots-tag") == "noindex")
                let policy = try #require(page.field("content-security-policy"))
                #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
                for rule in ["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
                    #expect(policy.contains(rule))
                }
                #expect(!policy.contains("unsafe") && !policy.contains("script-src"))
                // No foreign content, and no script.
                #expect(!page.text.contains("<script") && !page.text.contains("http"))
                #expect(!page.text.contains("style=\"") && page.text.contains("lang=\"en\""))
            }
        }
    }

    @Test func `names and messages are escaped`() async throws {
        try await withLinks { world, links in
            try await world.inviter("\"><script>alert(1)</script>")
            links.name(
                "<img src=x onerror=alert(1)>",
                "</blockquote><form action=https://evil.example>&amp;'")
            for target in [accept, claim] {
                let page = try await world.page(target)
                #expect(!page.text.contains("<script") && !page.text.contains("<img"))
                #expect(page.text.split(separator: "<form").count == 2)
                #expect(page.text.contains("&lt;img src=x onerror=alert(1)&gt;"))
                #expect(page.text.contains("&amp;amp;"))
            }
        }
    }

    @Test(arguments: ["https://app.example.com", "http://127.0.0.1:8080"])
    func `the session cookie is of this host alone and hidden from scripts`(_ publicURL: String)
        async throws
    {
        try await withLinks(extra: ["LATCHKEY_PUBLIC_URL": publicURL]) { world, _ in
            let taken = try await world.form(
                GatewayWorld.claim, "claim=\(FakeLinks.claim)")
            let cookie = try #require(taken.field("set-cookie"))
            let isSecure = publicURL.hasPrefix("https")
            let name = (isSecure ? "__Host-" : "") + "latchkey_session"
            #expect(cookie.hasPrefix("\(name)=st_live_"))
            #expect(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"))
            #expect(cookie.contains("; Path=/; Max-Age=2592000"))
            #expect(!cookie.contains("Domain"))
            #expect(cookie.hasSuffix("; Secure") == isSecure)
            // One that another host of the domain could have set is no session.
            guard isSecure else { return }
            let token = cookie.dropFirst(name.count + 1).prefix { $0 != ";" }
            let link = "/invitations/accept?token=\(FakeLinks.token)"
            for (name, isSignedIn) in [(name, true), ("latchkey_session", false)] {
                let page = try await world.page(link, cookie: "\(name)=\(token)")
                #expect(page.text.contains("value=\"signout\"") == isSignedIn)
            }
        }
    }

    @Test(arguments: ["cross-site", "same-site", "", "Same-Origin"])
    func `a form of another site is refused`(_ site: String) async throws {
        try await withLinks { world, links in
            let cookie = try await world.enter()
            let proof = try await world.proof(cookie)
            for (target, body) in [
                (GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=accept"),
                (GatewayWorld.accept, "token=\(FakeLinks.token)&action=code"),
                (GatewayWorld.claim, "claim=\(FakeLinks.claim)"),
            ] {
                let page = try await world.form(
                    target, body, cookie: cookie, fields: ["Sec-Fetch-Site: \(site)"])
                #expect(page.status == 403 && page.field("set-cookie") == nil)
            }
            #expect(links.answers.isEmpty && world.mails(to: "bob@example.com").count == 1)
        }
    }

    /// Over plain http browsers leave out Sec-Fetch-Site, but send Origin.
    @Test(arguments: [
        "https://evil.example", "http://app.example.com", "https://app.example.com:8443",
        "https://app.example.com.evil.example", "https://APP.example.com", "null", "",
    ])
    func `a form from another origin is refused`(_ origin: String) async throws {
        try await withLinks { world, links in
            let cookie = try await world.enter()
            let proof = try await world.proof(cookie)
            for (target, body) in [
                (GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=accept"),
                (GatewayWorld.accept, "token=\(FakeLinks.token)&action=code"),
                (GatewayWorld.accept, "token=\(FakeLinks.token)&action=enter&code=12345678"),
                (GatewayWorld.claim, "claim=\(FakeLinks.claim)"),
            ] {
                let lines = [
                    ["Origin: \(origin)"],
                    ["Origin: https://app.example.com", "Origin: \(origin)"],
                    ["Origin: \(origin)", "Sec-Fetch-Site: same-origin"],
                ]
                for fields in lines {
                    let page = try await world.form(
                        target, body, cookie: cookie, fields: fields)
                    #expect(page.status == 403 && page.field("set-cookie") == nil)
                }
            }
            #expect(links.answers.isEmpty && world.mails(to: "bob@example.com").count == 1)
        }
    }

    @Test func `without a public URL a form's origin must be the requested host`() async throws {
        try await withLinks(extra: ["LATCHKEY_PUBLIC_URL": ""]) { world, links in
            let body = "claim=\(FakeLinks.claim)"
            func send(_ origin: String) async throws -> RawResponse {
                try await world.api.send(
                    "POST \(GatewayWorld.claim) HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                        + "Connection: close\r\nContent-Length: \(body.utf8.count)\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n"
                        + "Origin: \(origin)\r\n\r\n\(body)")
            }
            for origin in ["http://127.0.0.1", "http://evil.example:8080", "null"] {
                let page = try await send(origin)
                #expect(page.status == 403)
            }
            #expect(links.answers.isEmpty)
            let taken = try await send("http://127.0.0.1:8080")
            #expect(taken.status == 303)
            #expect(links.answers.count == 1)
        }
    }

    @Test func `a form of our own site is accepted`() async throws {
        try await withLinks { world, links in
            let cookie = try await world.enter()
            let proof = try await world.proof(cookie)
            let page = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=accept",
                cookie: cookie,
                fields: ["Sec-Fetch-Site: same-origin", "Origin: https://app.example.com"])
            #expect(page.status == 200 && links.answers.count == 1)
        }
    }

    @Test func `a response without the proof of this session and link is not accepted`()
        async throws
    {
        try await withLinks { world, links in
            let cookie = try await world.enter()
            let proof = try await world.proof(cookie)
            let other = try await world.enter()
            let foreign = try await world.proof(other)
            #expect(proof != foreign)
            for proof in ["", "x", foreign, proof.lowercased(), String(proof.dropLast())] {
                for action in ["accept", "decline"] {
                    let page = try await world.form(
                        GatewayWorld.accept,
                        "token=\(FakeLinks.token)&proof=\(proof)&action=\(action)",
                        cookie: cookie)
                    // The form is shown again, and no response recorded.
                    #expect(page.status == 200 && page.text.contains("value=\"accept\""))
                }
            }
            let anonymous = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=accept")
            #expect(anonymous.text.contains("Sign in to respond."))
            #expect(links.answers.isEmpty)
        }
    }

    @Test func `requests that no form of ours sends are refused`() async throws {
        try await withLinks { world, links in
            for type in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
                let page = try await world.api.call(
                    "POST", GatewayWorld.claim, body: "claim=\(FakeLinks.claim)",
                    fields: ["Content-Type: \(type)"])
                #expect(page.status == 415, "\(type): \(page.status)")
            }
            let bytes = try await world.form(GatewayWorld.claim, "claim=%FF%FE")
            #expect(bytes.status == 400)
            for method in ["PUT", "DELETE", "PATCH"] {
                let page = try await world.api.call(method, GatewayWorld.claim)
                #expect(page.status == 405)
            }
            #expect(links.answers.isEmpty)
        }
    }

    @Test func `the request's host appears in no response`() async throws {
        try await withLinks { world, _ in
            for target in [accept, claim] {
                let page = try await world.api.send(
                    "GET \(target) HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n"
                        + "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\n\r\n")
                #expect(page.status == 200 && !page.text.contains("evil"))
                #expect(page.text.contains("action=\"/invitations/"))
            }
            let code = try await world.newCode("bob@example.com")
            let body = "token=\(FakeLinks.token)&action=enter&code=\(code)"
            let entered = try await world.api.send(
                "POST \(GatewayWorld.accept) HTTP/1.1\r\nHost: evil.example\r\n"
                    + "Connection: close\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\n\(body)")
            #expect(entered.status == 303 && entered.field("location") == accept)
            #expect(entered.field("cache-control") == "no-store")
        }
    }

    @Test func `invitation links are not logged`() async throws {
        try await withLinks { world, _ in
            let cookie = try await world.enter()
            _ = try await world.page(accept, cookie: cookie)
            _ = try await world.page(claim)
            _ = try await world.form(GatewayWorld.claim, "claim=\(FakeLinks.claim)")
            // A line is logged while its response is being sent.
            #expect(await eventually { world.log.text.contains("/invitations/claim") })
            for secret in ["t-o_k-e_n", "c-l_a-i_m", String(cookie.suffix(40))] {
                #expect(!world.log.text.contains(secret))
            }
        }
    }
}
