import EventLoop
import Kernel
import Synchronization
import TestSupport
import Testing
import Webhooks

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The result of one run over a webhook's events.
@Suite struct DeliveryRunTests {
    /// Answers the first message with a Retry-After of a minute, each later one with less, once the
    /// outcome before it is stored.
    private final class Tired: WebhookSending {
        private let count = Atomic(0)
        private let isWritten: @Sendable (Int) -> Bool

        init(isWritten: @escaping @Sendable (Int) -> Bool) { self.isWritten = isWritten }

        func send(
            _ message: WebhookMessage, to url: WebhookURL, for owner: String
        ) async -> WebhookResult {
            let before = count.add(1, ordering: .relaxed).oldValue
            _ = await eventually { isWritten(before) }
            return WebhookResult(.answered(status: 429, retryAfter: 60 - 20 * before))
        }
    }

    @Test func `the longest Retry-After counts`() async throws {
        let world = try World()
        let owner = world.user("owner")
        let webhook = try await world.webhook("http://hub.example/", by: owner)
        for number in 0..<3 {
            try await world.invite(
                "a@example.com", to: world.entity("E\(number)", by: owner), by: owner)
        }
        let sender = Tired { count in
            let tried = try? world.deliveries(of: webhook, by: owner).filter { $0.attempts > 0 }
            return tried?.count == count
        }
        let run = DeliveryRun(
            webhookId: webhook.id, useCases: world.webhooks, sender: sender,
            schedule: DeliverySchedule(),
            slots: DeliverySlots(healthy: 128, failing: 64, rates: HostRates(perSecond: 0)),
            totals: DeliveryTotals(), faults: CrashPoints(), report: { _ in })
        #expect(await run() == .refused(retryAfter: 60))
        let deliveries = try world.deliveries(of: webhook, by: owner)
        #expect(deliveries.map(\.attempts) == [1, 1, 1])
    }
}
