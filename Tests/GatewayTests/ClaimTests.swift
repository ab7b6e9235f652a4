import Contract
import InvitationsContract
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// Accepting an invitation with the secret from its mail.
@Suite struct ClaimTests {
    private let route = "/api/v1/invitations/claim"
    private let body = #"{"claim":"\#(FakeLinks.claim)"}"#

    private func sessions(_ world: GatewayWorld) throws -> Int {
        try world.service.database.read { db in
            try db.row("SELECT count(*) FROM tokens WHERE is_session") { Int($0.int(0)) }
        } ?? -1
    }

    @Test func `a claim signs in a new user`() async throws {
        try await withLinks { world, links in
            let claimed = try await world.api.call("POST", route, body: body)
            #expect(claimed.status == 201, "\(claimed.text)")
            #expect(claimed.json?.names == ["expires_at", "invitation", "token", "user"])
            #expect(claimed.json?["invitation"]?["status"]?.string == "accepted")
            #expect(claimed.json?["user"]?["email"]?.string == "bob@example.com")
            #expect(claimed.json?["user"]?["role"]?.string == "member")
            #expect(claimed["expires_at"] == "2026-02-14T09:00:00.000Z")
            #expect(claimed.field("set-cookie") == nil)
            let token = try #require(claimed["token"])
            let me = try await world.api.call("GET", "/api/me", token: token)
            #expect(me["email"] == "bob@example.com")
            let command = try #require(links.answers.first)
            #expect(command.claim == FakeLinks.claim && command.token == nil && command.accepts)
            #expect(command.userId == me["id"] && command.actor.tokenId == me["tokenId"])
            #expect(try world.actions().suffix(2) == ["user.created", "session.began"])
        }
    }

    @Test func `an existing user signs in to the same account`() async throws {
        try await withLinks { world, links in
            let bob = try await world.user("bob")
            let claimed = try await world.api.call("POST", route, body: body)
            #expect(claimed.json?["user"]?["id"]?.string == bob.id)
            #expect(links.answers.first?.userId == bob.id)
        }
    }

    @Test func `an invitee can sign up where sign-up is closed`()
        async throws
    {
        try await withLinks(extra: ["LATCHKEY_SIGNUP": "closed"]) { world, _ in
            let claimed = try await world.api.call("POST", route, body: body)
            #expect(claimed.status == 201)
        }
    }

    @Test func `a claim works once, even for twenty concurrent requests`() async throws {
        try await withLinks { world, links in
            let route = route
            let body = body
            let answers = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await world.api.call("POST", route, body: body) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 1)
            #expect(
                answers.allSatisfy {
                    $0.status == 201 || ($0.status == 410 && $0.code == "invitation_used")
                })
            #expect(links.answers.count == 1)
            // Requests that accepted nothing have no session.
            #expect(try sessions(world) == 1)
        }
    }

    @Test(arguments: [
        (InvitationStatus.accepted, "invitation_used"), (.revoked, "invitation_revoked"),
        (.expired, "invitation_expired"),
    ])
    func `a claim of an ended invitation creates neither user nor session`(
        _ status: InvitationStatus, _ code: String
    ) async throws {
        try await withLinks { world, links in
            links.set(status)
            let before = try world.rows()
            let refused = try await world.api.call("POST", route, body: body)
            #expect(refused.status == 410 && refused.code == code)
            #expect(refused.field("content-type") == "application/problem+json")
            let page = try await world.form(
                GatewayWorld.claim, "claim=\(FakeLinks.claim)")
            #expect(page.status == (status == .accepted ? 200 : 410))
            #expect(
                page.field("set-cookie") == nil && !page.text.contains("You now have access to"))
            #expect(try world.rows() == before && links.answers.isEmpty)
        }
    }

    @Test func `a failed acceptance ends its session`() async throws {
        try await withLinks { world, links in
            links.refuse(410, "inviter_gone", "Gone.")
            let refused = try await world.api.call("POST", route, body: body)
            #expect(refused.status == 410 && refused.code == "inviter_gone")
            let page = try await world.form(
                GatewayWorld.claim, "claim=\(FakeLinks.claim)")
            #expect(page.status == 410 && page.field("set-cookie") == nil)
            #expect(try sessions(world) == 0)
            #expect(try world.actions().suffix(2) == ["session.began", "session.ended"])
        }
    }

    @Test func `a lost answer is asked for once more`() async throws {
        try await withLinks { world, links in
            links.loseAnswer()
            let claimed = try await world.api.call("POST", route, body: body)
            #expect(claimed.status == 201 && links.answers.count == 1)
            #expect(try sessions(world) == 1)
        }
    }

    @Test func `an unknown claim gets 404, and so does the token of an accept_url`() async throws {
        try await withLinks { world, links in
            let before = try world.rows()
            for claim in ["", "x", FakeLinks.token, FakeLinks.id, FakeLinks.claim + "x"] {
                let refused = try await world.api.call(
                    "POST", route, body: #"{"claim":"\#(claim)"}"#)
                #expect(refused.status == 404 && refused.code == "not_found", "\(claim)")
            }
            #expect(try await world.api.call("POST", route, body: "{}").status == 422)
            #expect(try world.rows() == before && links.answers.isEmpty)
        }
    }

    @Test func `a claim ignores the bearer token of another user`() async throws {
        try await withLinks { world, links in
            let eve = try await world.user("eve")
            let claimed = try await world.api.call(
                "POST", route, token: eve.token, body: body,
                fields: ["Idempotency-Key: k"])
            #expect(claimed.json?["user"]?["email"]?.string == "bob@example.com")
            #expect(links.answers.first?.userId != eve.id)
            // A repeated request returns no secret.
            let again = try await world.api.call(
                "POST", route, token: eve.token, body: body,
                fields: ["Idempotency-Key: k"])
            #expect(!again.text.contains("st_live_"))
        }
    }

    @Test func `the claim page accepts with one button`() async throws {
        try await withLinks { world, links in
            let page = try await world.page("\(GatewayWorld.claim)?claim=\(FakeLinks.claim)")
            #expect(page.status == 200 && page.text.contains("value=\"accept\">Accept</button>"))
            #expect(page.text.contains("You will be signed in as bob@example.com"))
            let taken = try await world.form(
                GatewayWorld.claim, "claim=\(FakeLinks.claim)")
            // A redirect, so that reloading doesn't send the form again.
            let target = "\(GatewayWorld.claim)?claim=\(FakeLinks.claim)"
            #expect(taken.status == 303 && taken.field("location") == target)
            let cookie = try #require(taken.field("set-cookie"))
            #expect(links.answers.count == 1)
            let shown = try await world.page(
                target, cookie: String(cookie.prefix { $0 != ";" }))
            #expect(shown.status == 200 && shown.text.contains("You now have access to"))
            #expect(links.answers.count == 1)
            // The user is signed in on the other page as well.
            let other = try await world.page(
                "\(GatewayWorld.accept)?token=\(FakeLinks.token)",
                cookie: String(cookie.prefix { $0 != ";" }))
            #expect(other.text.contains("You now have access to"))
        }
    }
}
