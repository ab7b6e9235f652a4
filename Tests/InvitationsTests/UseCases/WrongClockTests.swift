import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// After a clock was wrong, deadlines and limits follow the corrected one.
@Suite struct WrongClockTests {
    let world: World
    let ada: Caller
    let crm: String

    init() throws {
        world = try World()
        ada = world.user("ada")
        crm = world.entity(by: ada)
    }

    @Test(arguments: FakeClock.errors)
    func `an invitation stays open for its days by the corrected clock`(error: Int64) async throws {
        let bob = world.user("bob")
        try await world.clock.wrong(by: error) {
            _ = try await world.invite("x@example.com", to: crm, by: ada)
        }
        let invitation = try await world.invite("bob@example.com", to: crm, by: ada, days: 1)
        world.clock.advance(seconds: 86_399)
        _ = try await world.useCases.expireSome()
        try await world.accept(invitation, by: bob)
        let late = try await world.invite("carol@example.com", to: crm, by: ada, days: 1)
        world.clock.advance(seconds: 86_400)
        #expect(late.status(at: world.clock.now()) == .expired)
        let carol = world.user("carol")
        #expect(
            await fault { try await world.accept(late, by: carol) }
                == Fault(InvitationProblems.expired))
    }

    @Test func `invitations sent while the clock ran ahead don't stay open for years`() async throws
    {
        let workspace = try await world.workspace(by: ada)
        let (invitation, other) = try await world.clock.wrong(by: 379_000_000) {
            (
                try await world.invite("a@example.com", to: crm, by: ada, days: 2),
                try await world.invite("b@example.com", into: workspace, by: ada)
            )
        }
        #expect(try await world.context.redate() == 2)
        #expect(try await world.context.redate() == 0)
        let (seen, seenOther) = try world.database.read {
            (
                try InvitationStore.find(invitation.id, in: $0),
                try WorkspaceInvitationStore.find(other.id, in: $0)
            )
        }
        let now = world.clock.now()
        #expect(seen?.expiresAt == now.adding(seconds: 2 * 86_400))
        #expect(seenOther?.expiresAt == WorkspaceInvitation.aYear(after: now))
        world.days(2)
        #expect(try await world.useCases.expireSome() == 1)
    }

    @Test func `a workspace invitation alone is redated, too`() async throws {
        let workspace = try await world.workspace(by: ada)
        try await world.clock.wrong(by: 379_000_000) {
            _ = try await world.invite("b@example.com", into: workspace, by: ada)
        }
        #expect(try await world.context.redate() == 1)
    }

    @Test func `no invitation stays open longer than the maximum`() async throws {
        let days = InvitationLimits.days.upperBound
        let invitation = try await world.clock.wrong(by: 3_600) {
            try await world.invite("a@example.com", to: crm, by: ada, days: days)
        }
        #expect(try await world.context.redate() == 1)
        let seen = try world.database.read { try InvitationStore.find(invitation.id, in: $0) }
        #expect(seen?.expiresAt == world.clock.now().adding(seconds: Int64(days) * 86_400))
    }

    @Test(arguments: FakeClock.errors)
    func `invitations sent while the clock ran ahead don't use up the quota`(
        error: Int64
    ) async throws {
        try await world.clock.wrong(by: error) {
            for number in 0..<99 {
                try await world.invite("a\(number)@example.com", to: crm, by: ada, mails: false)
            }
        }
        for number in 0..<100 {
            try await world.invite("b\(number)@example.com", to: crm, by: ada, mails: false)
        }
        let refused = await fault {
            try await world.invite("more@example.com", to: crm, by: ada)
        }
        #expect(refused?.code == "invitation_quota_exceeded")
        #expect(try #require(refused?.retryAfter) <= 3_600)
    }

    @Test(arguments: FakeClock.errors)
    func `a failed delivery is retried in order by the corrected clock`(
        error: Int64
    ) async throws {
        let webhook = try await world.webhook(by: ada)
        let no = DeliveryOutcome.failed(reason: "no")
        let tried = try await world.clock.wrong(by: error) {
            try await world.invite("a@example.com", to: crm, by: ada)
            let tried = try await world.deliver(webhook, no).count
            // It waits behind the first.
            try await world.invite("b@example.com", to: crm, by: ada)
            return tried
        }
        #expect(tried == 1)
        _ = try await world.context.redate()
        // The first pause is five seconds.
        world.clock.advance(seconds: 5)
        let told = try await world.deliver(webhook)
        #expect(try world.places(of: told) == [1, 2])
        let deliveries = try world.deliveries(of: webhook, by: ada)
        #expect(deliveries.allSatisfy { $0.status == .delivered })
    }

    @Test func `no delivery waits for the time of a clock that ran ahead`()
        async throws
    {
        let webhook = try await world.webhook(by: ada)
        try await world.clock.wrong(by: 86_400) {
            for number in 0..<250 {
                let entity = world.entity("E\(number)", by: ada)
                if number.isMultiple(of: 50) { world.later(3_600) }
                try await world.invite("a@example.com", to: entity, by: ada)
            }
            for _ in 0..<3 {
                try await world.deliver(webhook, .failed(reason: "no"))
            }
        }
        #expect(try await world.context.redate() == 250)
        world.clock.advance(seconds: 5)
        var told = 0
        while case let some = try await world.deliver(webhook).count, some > 0 { told += some }
        #expect(told == 250)
    }

    @Test(arguments: FakeClock.errors)
    func `a webhook that fails for days is disabled, even if a wrong clock dated the start`(
        error: Int64
    )
        async throws
    {
        let webhook = try await world.webhook(by: ada)
        let no = DeliveryOutcome.failed(reason: "no")
        let schedule = DeliverySchedule(seconds: [Int](repeating: 3_600, count: 20))
        try await world.clock.wrong(by: error) {
            try await world.invite("a@example.com", to: crm, by: ada)
            try await world.deliver(webhook, no, schedule)
        }
        _ = try await world.context.redate()
        world.later(3_600)
        try await world.deliver(webhook, no, schedule)
        #expect(try world.webhooks.getWebhook(webhook.id, by: ada).isEnabled)
        world.days(Int64(WebhookLimits.failingDays))
        try await world.deliver(webhook, no, schedule)
        #expect(try !world.webhooks.getWebhook(webhook.id, by: ada).isEnabled)
    }

    @Test(arguments: FakeClock.errors.filter { $0 > 0 })
    func `secrets replaced while the clock ran ahead stay valid for a day`(error: Int64)
        async throws
    {
        let webhook = try await world.webhook(by: ada)
        let rotate: () async throws -> Void = {
            try await world.webhooks.rotateSecret(of: webhook.id, by: ada).commit()
        }
        try await world.clock.wrong(by: error) { for _ in 0..<4 { try await rotate() } }
        _ = try await world.context.redate()
        #expect(await fault { try await rotate() }?.code == "too_many_rotations")
        world.days(1)
        try await rotate()
    }

    // MARK: Workspaces

    @Test(arguments: FakeClock.errors)
    func `an expiration in an hour is in the future`(error: Int64) async throws {
        let workspace = try await world.workspace(by: ada)
        try await world.clock.wrong(by: error) { _ = try await world.workspace(by: ada) }
        let invitation = try await world.invite("b@example.com", into: workspace, by: ada)
        let soon = world.clock.now().adding(seconds: 3_600)
        let changed = try await world.workspaces.changeExpiration(
            of: invitation.id, to: soon, by: ada
        ).commit()
        #expect(changed.invitation.expiresAt == soon)
        let past = world.clock.now()
        let refused = await fault {
            try await world.workspaces.changeExpiration(of: invitation.id, to: past, by: ada)
                .commit()
        }
        #expect(refused?.kind == .invalid)
    }

    @Test(arguments: FakeClock.errors)
    func `a resend waits a minute at most`(error: Int64) async throws {
        let workspace = try await world.workspace(by: ada)
        let invitation = try await world.clock.wrong(by: error) {
            try await world.invite("b@example.com", into: workspace, by: ada)
        }
        // By the corrected clock it hasn't expired.
        world.later(60)
        _ = try await world.workspaces.resendInvitation(invitation.id, by: ada).commit()
    }
}
