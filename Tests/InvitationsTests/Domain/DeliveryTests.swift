import InvitationsContract
import Kernel
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

@Suite struct DeliveryTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private let schedule = DeliverySchedule(seconds: [5, 300])

    private var fresh: Delivery {
        Delivery(
            webhookId: "whk_1", eventNumber: 1, eventId: "evt_1", type: InvitationEvents.sent,
            subjectId: "ent_1", status: .pending, nextAt: now, createdAt: now)
    }

    private func after(
        _ outcomes: DeliveryOutcome..., chance: Double = 0
    ) -> Delivery {
        outcomes.reduce(fresh) {
            $0.attempted($1, at: now, schedule, chance: chance)
        }
    }

    @Test func `the retry schedule is that of Standard Webhooks`() {
        #expect(
            DeliverySchedule.standard
                == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
        let schedule = DeliverySchedule()
        for (step, seconds) in DeliverySchedule.standard.enumerated() {
            #expect(
                schedule.pause(after: step + 1, retryAfter: nil, chance: 0) == seconds * 1_000)
        }
        #expect(schedule.pause(after: 10, retryAfter: nil, chance: 0) == nil)
    }

    @Test func `up to a tenth is added at random`() {
        #expect(schedule.pause(after: 1, retryAfter: nil, chance: 0.5) == 5_250)
        #expect(schedule.pause(after: 2, retryAfter: nil, chance: 0.999_9) == 329_997)
    }

    @Test func `Retry-After is respected up to a day`() {
        #expect(schedule.pause(after: 1, retryAfter: 60, chance: 0) == 60_000)
        #expect(schedule.pause(after: 1, retryAfter: 1, chance: 0) == 5_000)
        #expect(schedule.pause(after: 1, retryAfter: 999_999, chance: 0) == 86_400_000)
    }

    @Test(arguments: [200, 204, 299]) func `2xx is success`(_ status: Int) {
        let delivery = after(.answered(status: status, retryAfter: nil))
        #expect(delivery.status == .delivered)
        #expect(delivery.deliveredAt == now)
        #expect(delivery.nextAt == nil)
        #expect(delivery.lastStatus == status)
        #expect(delivery.lastError == nil)
        #expect(delivery.attempts == 1)
    }

    @Test func `a failed attempt is retried until the schedule ends`() {
        let once = after(.failed(reason: "no"))
        #expect(once.status == .pending)
        #expect(once.nextAt == now.adding(seconds: 5))
        #expect(once.lastError == "no")
        #expect(once.lastStatus == nil)
        let twice = after(.failed(reason: "no"), .answered(status: 500, retryAfter: nil))
        #expect(twice.nextAt == now.adding(seconds: 300))
        #expect(twice.lastStatus == 500)
        #expect(twice.lastError == "returned 500")
        let thrice = after(.failed(reason: "no"), .failed(reason: "no"), .failed(reason: "no"))
        #expect(thrice.status == .failed)
        #expect(thrice.nextAt == nil)
        #expect(thrice.attempts == 3)
    }

    @Test func `failures on our side don't count against the receiver`() {
        let delivery = after(.notTried(reason: "no thread"))
        #expect(delivery.status == .pending && delivery.attempts == 0 && delivery.step == 0)
        #expect(delivery.nextAt == now.adding(seconds: 60))
        #expect(delivery.lastError == "no thread")
    }

    @Test func `410 is never retried`() {
        let delivery = after(.answered(status: 410, retryAfter: nil))
        #expect(delivery.status == .failed)
        #expect(delivery.lastError == "returned 410")
    }

    @Test func `a redirect is a failure with its own reason`() {
        #expect(
            after(.answered(status: 302, retryAfter: nil)).lastError
                == "returned 302: redirects are not followed")
    }

    @Test func `a delivery blocks later ones of its entity until its third attempt fails`() {
        #expect(fresh.blocksLater)
        let no = DeliveryOutcome.failed(reason: "no")
        #expect(after(no).blocksLater && after(no, no).blocksLater)
        #expect(!after(no, no, no).blocksLater)
        #expect(!after(.answered(status: 200, retryAfter: nil)).blocksLater)
    }

    @Test func `a redelivery starts the schedule anew and keeps counting attempts`() {
        let failed = after(.failed(reason: "no"), .failed(reason: "no"), .failed(reason: "no"))
        let again = failed.restarted()
        #expect(again.status == .pending)
        #expect(again.nextAt == Delivery.now)
        #expect(again.attempts == 3)
        let next = again.attempted(.failed(reason: "no"), at: now, schedule, chance: 0)
        #expect(next.nextAt == now.adding(seconds: 5))
        #expect(next.attempts == 4)
    }
}
