import Contract
import GatewayContract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// From the page of an invitation back to the app, whose backend exchanges the code.
@Suite struct ReturnTests {
    private let accept = "\(GatewayWorld.accept)?token=\(FakeLinks.token)"
    private static let back = "https://shop.example/welcome?from=mail"

    private func exchange(_ world: GatewayWorld, _ code: String) async throws -> RawResponse {
        try await world.api.call(
            "POST", "/api/auth/exchange", token: adminToken, body: #"{"code":"\#(code)"}"#)
    }

    /// Presses the button of an accepted invitation.
    private func goBack(_ world: GatewayWorld, _ cookie: String) async throws -> RawResponse {
        let proof = try await world.proof(cookie)
        return try await world.form(
            GatewayWorld.accept, "token=\(FakeLinks.token)&proof=\(proof)&action=return",
            cookie: cookie)
    }

    /// Accepts as bob, in a browser; leads back, and returns the code.
    private func code(_ world: GatewayWorld, _ links: FakeLinks) async throws -> String {
        try await world.inviter("Ada")
        links.set(returnURL: Self.back)
        let cookie = try await world.enter()
        links.set(.accepted)
        let answer = try await goBack(world, cookie)
        let location = try #require(answer.field("location"))
        #expect(answer.status == 303 && answer.field("referrer-policy") == "no-referrer")
        let start = "\(Self.back)&invitation_id=\(FakeLinks.id)&status=accepted&code="
        #expect(location.hasPrefix(start), "\(location)")
        return String(location.dropFirst(start.count))
    }

    @Test func `the code tells the backend who accepted what, once`() async throws {
        try await withLinks { world, links in
            let code = try await code(world, links)
            let answer = try await exchange(world, code)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json?["user"]?["email"]?.string == "bob@example.com")
            let invitation = answer.json?["invitation"]
            #expect(invitation?["id"]?.string == FakeLinks.id)
            #expect(invitation?["type"]?.string == "entity")
            #expect(invitation?["entityId"]?.string == "ent_1")
            #expect(invitation?["name"]?.string == "CRM")
            #expect(invitation?["invitedBy"]?.string == "usr_ada")
            let again = try await exchange(world, code)
            #expect(again.status == 410 && again.code == "exchange_code_ended")
        }
    }

    @Test func `of concurrent exchanges one succeeds`() async throws {
        try await withLinks { world, links in
            let code = try await code(world, links)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await exchange(world, code).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + [Int](repeating: 410, count: 7))
        }
    }

    @Test func `a code ends after a minute, and when its user is suspended`() async throws {
        try await withLinks { world, links in
            let first = try await code(world, links)
            world.clock.advance(seconds: 61)
            #expect(try await exchange(world, first).status == 410)
        }
        try await withLinks { world, links in
            let code = try await code(world, links)
            let bob = try #require(
                try await world.api.call(
                    "GET", "/api/users?search=bob@example.com", token: adminToken
                ).json?["items"]?.items.first?["id"]?.string)
            let suspended = try await world.api.call(
                "PATCH", "/api/users/\(bob)", token: adminToken, body: #"{"suspended":true}"#)
            #expect(suspended.status == 200)
            #expect(try await exchange(world, code).status == 410)
        }
    }

    @Test func `only the digest of a code is stored`() async throws {
        try await withLinks { world, links in
            let code = try await code(world, links)
            let rows = try world.service.database.read { db in
                try db.rows("SELECT digest FROM exchange_codes") { $0.blob(0) }
            }
            #expect(rows == [SHA256.hash(Array(code.utf8))])
        }
    }

    @Test func `the success page leads back by a form, which its policy allows`() async throws {
        try await withLinks { world, links in
            let cookie = try await world.enter()
            links.set(.accepted)
            let plain = try await world.page(accept, cookie: cookie)
            #expect(!plain.text.contains("value=\"return\""))
            links.set(returnURL: Self.back)
            let page = try await world.page(accept, cookie: cookie)
            #expect(page.text.contains("value=\"return\""))
            let policy = page.field("content-security-policy") ?? ""
            #expect(policy.contains("form-action 'self' https://shop.example;"))
            // No code is made by looking at the page, nor for other visitors.
            let other = try await world.page(accept)
            #expect(!other.text.contains("value=\"return\""))
            let codes = try world.service.database.read { db in
                try db.row("SELECT count(*) FROM exchange_codes") { $0.int(0) }
            }
            #expect(codes == 0)
        }
    }

    @Test func `without a session, a proof or an answer there is no way back`() async throws {
        try await withLinks { world, links in
            links.set(returnURL: Self.back)
            let cookie = try await world.enter()
            // Still pending.
            let early = try await goBack(world, cookie)
            #expect(early.status == 200 && early.field("location") == nil)
            links.set(.accepted)
            for (proof, cookie) in [("x", cookie as String?), ("", nil)] {
                let refused = try await world.form(
                    GatewayWorld.accept,
                    "token=\(FakeLinks.token)&proof=\(proof)&action=return", cookie: cookie)
                #expect(refused.field("location") == nil)
            }
        }
    }

    @Test func `a declined invitation leads back without a code`() async throws {
        try await withLinks { world, links in
            links.set(returnURL: Self.back)
            let declined = try await world.form(
                GatewayWorld.claim, "claim=\(FakeLinks.claim)&action=decline")
            #expect(
                declined.text.contains(
                    "href=\"https://shop.example/welcome?from=mail&amp;invitation_id="
                        + "\(FakeLinks.id)&amp;status=declined\""))
        }
    }
}
