import Contract
import Foundation
import InvitationsContract
import TestSupport
import Testing

@testable import Gateway

/// What a visitor can do besides accepting: decline with the mail's link, sign out, ask for a new
/// invitation, go on to the product.
@Suite struct InvitationWaysOutTests {
    private let accept = "\(GatewayWorld.accept)?token=\(FakeLinks.token)"
    private let claim = "\(GatewayWorld.claim)?claim=\(FakeLinks.claim)"

    @Test func `declining with the mail's link takes no account and begins no session`()
        async throws
    {
        try await withLinks { world, links in
            let page = try await world.page(claim)
            #expect(
                page.text.contains("value=\"accept\"") && page.text.contains("value=\"decline\""))
            let declined = try await world.form(
                GatewayWorld.claim, "claim=\(FakeLinks.claim)&action=decline")
            #expect(declined.status == 200 && declined.field("set-cookie") == nil)
            #expect(declined.text.contains("You declined this invitation"))
            let command = try #require(links.answers.first)
            #expect(!command.accepts && command.claim == FakeLinks.claim)
            #expect(command.userId.isEmpty && command.email == "bob@example.com")
            let users = try await world.api.call(
                "GET", "/api/users?search=bob@example.com", token: adminToken)
            #expect(users.json?["items"]?.items.isEmpty == true)
            // Going back shows the result, and so does sending the form again.
            #expect(try await world.page(claim).text.contains("You declined"))
            let again = try await world.form(
                GatewayWorld.claim, "claim=\(FakeLinks.claim)&action=decline")
            #expect(again.text.contains("You declined") && links.answers.count == 1)
        }
    }

    @Test func `a user who declines with the mail's link is named`() async throws {
        try await withLinks { world, links in
            let bob = try await world.user("bob")
            _ = try await world.form(
                GatewayWorld.claim, "claim=\(FakeLinks.claim)&action=decline")
            #expect(links.answers.map(\.actor.userId) == [bob.id])
        }
    }

    @Test func `signing out ends the session and forgets the cookie`() async throws {
        try await withLinks { world, _ in
            let cookie = try await world.enter()
            #expect(
                try await world.page(accept, cookie: cookie).text.contains("Use another account"))
            let proof = try await world.proof(cookie)
            let out = try await world.form(
                GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=signout",
                cookie: cookie)
            #expect(out.status == 303 && out.field("location") == accept)
            #expect(out.field("set-cookie")?.contains("latchkey_session=;") == true)
            #expect(out.field("set-cookie")?.contains("Max-Age=0") == true)
            let after = try await world.page(accept, cookie: cookie)
            #expect(after.text.contains("value=\"code\"") && !after.text.contains("signed in as"))
            let token = String(cookie.split(separator: "=")[1])
            #expect(try await world.api.call("GET", "/api/me", token: token).status == 401)
        }
    }

    @Test func `a form that isn't of the session's page can't sign out`() async throws {
        try await withLinks { world, _ in
            let cookie = try await world.enter()
            for proof in ["", "x"] {
                _ = try await world.form(
                    GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=signout",
                    cookie: cookie)
            }
            #expect(try await world.page(accept, cookie: cookie).text.contains("value=\"accept\""))
        }
    }

    @Test(arguments: [InvitationStatus.expired, .revoked], ["token", "claim"])
    func `an invitation that has ended offers to ask for a new one, once`(
        _ status: InvitationStatus, _ kind: String
    ) async throws {
        try await withLinks { world, links in
            try await world.inviter("Ada")
            links.set(status)
            let (path, secret) =
                kind == "token"
                ? (GatewayWorld.accept, FakeLinks.token) : (GatewayWorld.claim, FakeLinks.claim)
            let page = try await world.page("\(path)?\(kind)=\(secret)")
            #expect(page.status == 410 && page.text.contains("value=\"ask\""))
            #expect(links.asks == 0)
            let asked = try await world.form(path, "\(kind)=\(secret)&action=ask")
            #expect(asked.text.contains("We let Ada know."))
            #expect(!asked.text.contains("value=\"ask\""))
            _ = try await world.form(path, "\(kind)=\(secret)&action=ask")
            #expect(links.asks == 1)
        }
    }

    @Test func `without an inviter there is no one to ask`() async throws {
        try await withLinks { world, links in
            links.set(.expired)
            let page = try await world.page(accept)
            #expect(page.status == 410 && !page.text.contains("value=\"ask\""))
        }
    }

    @Test func `success leads on to the console where the product has no address`() async throws {
        let folder = try TemporaryFolder()
        let page = URL(fileURLWithPath: "\(folder.path)/index.html")
        try Data("<!doctype html>".utf8).write(to: page)
        try await withLinks(extra: ["LATCHKEY_CONSOLE_DIR": folder.path]) { world, links in
            let cookie = try await world.enter()
            links.set(.accepted)
            let page = try await world.page(accept, cookie: cookie)
            #expect(page.text.contains("<a class=\"button\" href=\"/console/\">"))
        }
    }

    @Test func `success leads on to the product`() async throws {
        try await withLinks(extra: ["LATCHKEY_APP_URL": "https://acme.example/?a=1&b"]) {
            world, links in
            let cookie = try await world.enter()
            links.set(.accepted)
            let page = try await world.page(accept, cookie: cookie)
            #expect(
                page.text.contains(
                    "<a class=\"button\" href=\"https://acme.example/?a=1&amp;b\">Continue to "
                        + "Latchkey</a>"))
            #expect(page.text.contains("value=\"signout\""))
        }
    }
}
