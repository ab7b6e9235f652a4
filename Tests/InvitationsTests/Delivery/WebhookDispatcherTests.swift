import EventLoop
import InvitationsContract
import Kernel
import ServiceKit
import Synchronization
import TestSupport
import Testing
import Webhooks

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// All of the delivery, with receivers that the test rules, on a time that it moves.
@Suite struct WebhookDispatcherTests {
    private let world: World
    private let receivers = FakeReceivers()
    private let ticks = FakeTicks()

    init() throws { world = try World() }

    /// Runs `body` while events are delivered.
    private func delivering(
        rate: Int, through sender: (any WebhookSending)? = nil,
        _ body: (WakeSignal) async throws -> Void
    ) async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let bell = WakeSignal()
        let runtime = Runtime(
            group: group, logger: LogBook().logger(clock: world.clock), clock: world.clock,
            random: SystemRandom())
        let desk = WebhookDispatcher(
            world.webhooks, through: sender ?? receivers, DeliverySchedule(), hostRate: rate,
            ringing: bell,
            runtime, time: ticks.time)
        await desk.start()
        try await ending {
            ticks.end()
            await desk.stop()
        } after: {
            try await body(bell)
        }
    }

    /// Five owners with eight webhooks each, all at one receiver, and two events for each.
    @Test func `forty webhooks of several owners do not exceed their receiver's rate`()
        async throws
    {
        var owners: [Caller] = []
        for number in 0..<5 {
            let owner = world.user("owner\(number)")
            owners.append(owner)
            for hook in 0..<8 {
                try await world.webhook("http://hub.example/\(number)/\(hook)", by: owner)
            }
            let entity = world.entity("E\(number)", by: owner)
            try await world.invite("a@example.com", to: entity, by: owner)
            try await world.invite("b@example.com", to: entity, by: owner)
        }
        let bystander = world.user("bystander")
        try await world.webhook("http://other.example/", by: bystander)
        let theirs = world.entity("Theirs", by: bystander)
        try await delivering(rate: 20) { bell in
            let sent = { receivers.got.filter { $0.url.contains("hub") }.count }
            #expect(await eventually { sent() == 40 })
            // The receiver is at its rate, and nobody else waits for it.
            try await world.invite("c@example.com", to: theirs, by: bystander)
            bell.ring()
            #expect(await eventually { !receivers.ids(at: "http://other.example/").isEmpty })
            #expect(sent() == 40)
            for count in 41...80 {
                #expect(await eventually { ticks.sleepers == 1 })
                ticks.advance(milliseconds: 50)
                #expect(await eventually { sent() == count }, "\(count): \(sent())")
            }
        }
        for (number, owner) in owners.enumerated() {
            for hook in 0..<8 {
                let ids = receivers.ids(at: "http://hub.example/\(number)/\(hook)")
                let events = try await world.feed(type: "invitation.*", by: owner).events
                // Each once, and in order.
                #expect(ids == events.map(\.id))
            }
        }
    }

    @Test func `deliveries waiting for the rate survive a restart`() async throws {
        let owner = world.user("owner")
        let webhook = try await world.webhook("http://hub.example/", by: owner)
        let entity = world.entity(by: owner)
        for number in 0..<5 {
            try await world.invite("a\(number)@example.com", to: entity, by: owner)
        }
        try await delivering(rate: 1) { _ in
            #expect(await eventually { receivers.got.count == 2 })
        }
        let left = try world.deliveries(of: webhook, by: owner).filter { $0.status == .pending }
        #expect(left.count == 3)
        try await delivering(rate: 0) { _ in
            #expect(await eventually { receivers.got.count == 5 })
        }
        #expect(Set(receivers.got.map(\.message.id)).count == 5)
    }

    /// Answers once the dispatcher stops.
    private final class Last: WebhookSending {
        private let count = Atomic(0)

        var begun: Int { count.load(ordering: .relaxed) }

        func send(
            _ message: WebhookMessage, to url: WebhookURL, for owner: String
        ) async -> WebhookResult {
            count.add(1, ordering: .relaxed)
            while !Task.isCancelled { await Task.yield() }
            return WebhookResult(.answered(status: 204, retryAfter: nil))
        }
    }

    @Test func `stopping stores the results of messages in flight and sends no others`()
        async throws
    {
        let owner = world.user("owner")
        let webhook = try await world.webhook("http://hub.example/", by: owner)
        for number in 0..<40 {
            let entity = world.entity("E\(number)", by: owner)
            try await world.invite("a@example.com", to: entity, by: owner)
        }
        let receiver = Last()
        try await delivering(rate: 0, through: receiver) { _ in
            #expect(await eventually { receiver.begun > 0 })
        }
        let sent = receiver.begun
        let deliveries = try world.deliveries(of: webhook, by: owner)
        #expect(deliveries.filter { $0.status == .delivered }.count == sent)
        #expect(deliveries.filter { $0.status == .pending && $0.attempts == 0 }.count == 40 - sent)
        #expect(sent < 40)
        #expect(await never { receiver.begun > sent })
    }

    // MARK: Whose webhooks are begun

    private func backlog(_ owner: String, _ id: Int) -> DeliveryBacklog {
        DeliveryBacklog(
            webhookId: "\(owner)\(id)", ownerId: owner, nextAt: Timestamp(milliseconds: 0))
    }

    @Test func `without room for all runs, owners with the fewest come first`() {
        let due =
            (0..<50).map { backlog("mallory", $0) } + [backlog("ada", 0), backlog("grace", 0)]
        let chosen = due.inTurn(besides: ["mallory": 30], room: 10).map(\.ownerId)
        #expect(chosen.count == 10)
        #expect(Set(chosen.prefix(2)) == ["ada", "grace"])
        let even = due.inTurn(besides: [:], room: 6).map(\.ownerId)
        #expect(Set(even.prefix(3)) == ["ada", "grace", "mallory"])
        #expect(due.inTurn(besides: [:], room: 0).isEmpty)
        #expect(due.inTurn(besides: [:], room: 100) == due)
    }
}
