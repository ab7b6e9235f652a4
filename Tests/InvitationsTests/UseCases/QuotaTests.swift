import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The inviters' quota.
@Suite struct QuotaTests {
    let world: World
    let ada: Caller
    let crm: String

    init() throws {
        world = try World()
        ada = world.user("ada")
        crm = world.entity(by: ada)
    }

    private func refusal(_ email: String, to entityId: String? = nil) async throws -> Fault? {
        await fault { try await world.invite(email, to: entityId ?? crm, by: ada) }
    }

    /// Sends `count`, a second apart.
    private func send(_ count: Int, _ prefix: String, days: Int? = nil) async throws {
        for index in 0..<count {
            try await world.invite(
                "\(prefix)\(index)@example.com", to: crm, by: ada, days: days, mails: false)
        }
    }

    @Test func `a hundred invitations an hour, and Retry-After is long enough`() async throws {
        try await send(100, "a")
        let refused = try #require(try await refusal("more@example.com"))
        #expect(refused.code == "invitation_quota_exceeded" && refused.kind == .rateLimited)
        // The first was sent 100 seconds ago.
        #expect(refused.retryAfter == 3_500)
        #expect(refused.detail.contains("100") && refused.detail.contains("500"))
        world.later(3_498)
        // A second passes with each.
        #expect(try await refusal("more@example.com")?.retryAfter == 1)
        #expect(try await refusal("more@example.com") == nil)
        #expect(try await refusal("evenmore@example.com") == nil)
    }

    @Test func `five hundred invitations a day`() async throws {
        for hour in 0..<5 {
            try await send(100, "h\(hour)x")
            world.later(3_600)
        }
        let refused = try #require(try await refusal("more@example.com"))
        let wait = try #require(refused.retryAfter)
        #expect(wait > 3_600 && wait < 86_400)
        world.later(Int64(wait) - 2)
        #expect(try await refusal("more@example.com")?.retryAfter == 1)
        #expect(try await refusal("more@example.com") == nil)
    }

    @Test func `a thousand pending invitations, whenever they were sent`() async throws {
        for day in 0..<10 {
            try await send(100, "d\(day)x", days: 30)
            world.days(1)
        }
        let refused = try #require(try await refusal("more@example.com"))
        #expect(refused.code == "invitation_quota_exceeded")
        // The first expires 30 days after it was sent. Expired ones don't count, even before
        // the sweep stores them.
        let wait = try #require(refused.retryAfter)
        #expect(wait > 19 * 86_400 && wait < 20 * 86_400)
        world.later(Int64(wait) - 1)
        #expect(try await refusal("more@example.com") == nil)
        #expect(try await refusal("d0x5@example.com")?.code == "already_invited")
    }

    @Test func `a pending invitation that ends makes room for another`() async throws {
        for day in 0..<10 {
            try await send(100, "d\(day)x", days: 90)
            world.days(1)
        }
        #expect(try await refusal("more@example.com") != nil)
        let page = try await world.useCases.listInvitations(
            to: crm, .pending, PageRequest(size: 1), by: ada)
        try await world.revoke(page.items[0], by: ada)
        #expect(try await refusal("more@example.com") == nil)
        #expect(try await refusal("other@example.com") != nil)
    }

    @Test func `deleting the entity does not restore the quota`() async throws {
        try await send(100, "a")
        _ = try await world.context.onEntityDeleted(
            EntityDeleted(entityId: crm, actor: .init(ada)), eventId: "evt_1")
        let other = world.entity("Other", by: ada)
        #expect(try await refusal("more@example.com", to: other)?.retryAfter != nil)
    }

    @Test func `revoking does not restore the quota, and resending counts`() async throws {
        try await send(98, "a")
        let one = try await world.invite("one@example.com", to: crm, by: ada)
        try await world.resend(one, by: ada)
        try await world.revoke(one, by: ada)
        #expect(try await refusal("more@example.com") != nil)
        let page = try await world.useCases.listInvitations(
            to: crm, .pending, PageRequest(size: 1), by: ada)
        let refused = await fault { try await world.resend(page.items[0], by: ada) }
        #expect(refused?.code == "invitation_quota_exceeded")
    }

    @Test func `resending expired invitations counts against the limit of pending ones`()
        async throws
    {
        let old = try await world.invite("old@example.com", to: crm, by: ada, days: 1)
        world.days(1)
        for day in 0..<10 {
            try await send(100, "d\(day)x", days: 90)
            world.days(1)
        }
        let refused = await fault { try await world.resend(old, by: ada) }
        #expect(refused?.code == "invitation_quota_exceeded")
        #expect(try world.status(old) != .pending || world.find(old)?.generation == 1)
    }

    @Test func `each inviter has a quota of their own`() async throws {
        try await send(100, "a")
        let bob = world.user("bob")
        try await world.invite("x@example.com", to: world.entity("B", by: bob), by: bob)
    }

    @Test func `the quota holds for concurrent requests`() async throws {
        try await send(90, "a")
        let result = await race(50) { index in
            _ = try await world.useCases.createInvitation(
                to: crm, try InvitationDraft(email: "p\(index)@example.com"), by: ada
            ).commit()
        }
        #expect(result.succeeded == 10)
        #expect(Set(result.codes) == ["invitation_quota_exceeded"])
    }
}
