import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Whose message goes next, on a time that the test moves.
@Suite struct DeliverySlotsTests {
    private let ticks = FakeTicks()

    private func slots(
        _ count: Int = 1_000, failing: Int = 1_000, rate: Int = 0
    ) -> DeliverySlots {
        DeliverySlots(
            healthy: count, failing: failing, rates: HostRates(perSecond: rate), time: ticks.time)
    }

    private func claim(
        _ owner: String, _ place: String = "hub:80", isFailing: Bool = false
    ) -> DeliverySlots.Claim {
        DeliverySlots.Claim(owner: owner, isFailing: isFailing, places: [place])
    }

    /// What went out, in order; one that holds its slot until it is told.
    private final class Log: Sendable {
        private let state = Mutex<(sent: [String], isHeld: Bool, passes: Int)>(([], false, 0))

        var sent: [String] { state.withLock { $0.sent } }

        func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

        /// One of those that are held is done.
        func letOneGo() { state.withLock { $0.passes += 1 } }

        private func isDone() -> Bool {
            state.withLock { state in
                guard state.isHeld else { return true }
                guard state.passes > 0 else { return false }
                state.passes -= 1
                return true
            }
        }

        func send(_ name: String) async {
            state.withLock { $0.sent.append(name) }
            _ = await eventually(within: 60_000) { isDone() }
        }
    }

    /// Sends one, and returns when it waits or is on its way.
    private func send(
        _ claim: DeliverySlots.Claim, as name: String? = nil, through slots: DeliverySlots,
        _ log: Log, in group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws {
        let before = slots.counts.waiting + log.sent.count
        group.addTask { _ = await slots.with(claim) { await log.send(name ?? claim.owner) } }
        try #require(await eventually { slots.counts.waiting + log.sent.count > before })
    }

    @Test func `owners are served in turn at one place, at its rate`() async throws {
        let (slots, log) = (slots(rate: 2), Log())
        try await withThrowingTaskGroup(of: Void.self) { group in
            // A flood first, and then two others.
            for _ in 0..<12 { try await send(claim("mallory"), through: slots, log, in: &group) }
            for owner in ["ada", "grace"] {
                for _ in 0..<2 { try await send(claim(owner), through: slots, log, in: &group) }
            }
            // A burst is two seconds' worth.
            #expect(log.sent == Array(repeating: "mallory", count: 4))
            for count in 5...16 {
                ticks.advance(milliseconds: 499)
                #expect(log.sent.count == count - 1)
                ticks.advance(milliseconds: 1)
                #expect(await eventually { log.sent.count == count })
                #expect(await eventually { ticks.sleepers == 1 || count == 16 })
            }
            try await group.waitForAll()
        }
        #expect(
            log.sent.dropFirst(4).prefix(6)
                == ["mallory", "ada", "grace", "mallory", "ada", "grace"])
        // One sleep for each that had to wait: nobody asks again and again.
        #expect(ticks.sleeps <= 13)
        #expect(slots.counts == DeliverySlots.Counts(waiting: 0, held: 12))
    }

    @Test func `a place at its rate delays only messages to it`() async throws {
        let (slots, log) = (slots(rate: 1), Log())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { try await send(claim("ada"), through: slots, log, in: &group) }
            #expect(log.sent.count == 2)
            // The same owner elsewhere, and another owner.
            _ = await slots.with(claim("ada", "other:80")) { await log.send("elsewhere") }
            _ = await slots.with(claim("grace", "third:80")) { await log.send("grace") }
            #expect(log.sent.suffix(2) == ["elsewhere", "grace"])
            ticks.advance(milliseconds: 10_000)
            _ = await eventually { ticks.sleepers == 1 || slots.counts.waiting == 0 }
            ticks.advance(milliseconds: 10_000)
            try await group.waitForAll()
        }
    }

    @Test func `failing and working webhooks don't delay each other at the same place`()
        async throws
    {
        let (slots, log) = (slots(8, failing: 8, rate: 1), Log())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { try await send(claim("ada"), through: slots, log, in: &group) }
            try await send(claim("grace", isFailing: true), through: slots, log, in: &group)
            for count in 3...4 {
                ticks.advance(milliseconds: 1_000)
                #expect(await eventually { log.sent.count == count })
                #expect(await eventually { ticks.sleepers == 1 })
            }
            #expect(log.sent.suffix(2).sorted() == ["ada", "grace"])
            ticks.end()
            ticks.advance(milliseconds: 100_000)
            slots.close()
        }
    }

    @Test func `an owner gets an eighth of the slots of each kind`() async throws {
        let (slots, log) = (slots(16, failing: 8), Log())
        log.hold(true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                try await send(claim("ada", "h\(number):80"), through: slots, log, in: &group)
            }
            #expect(log.sent.count == 2 && slots.counts.waiting == 4)
            for _ in 0..<3 {
                try await send(claim("ada", isFailing: true), through: slots, log, in: &group)
            }
            #expect(log.sent.count == 3 && slots.counts.waiting == 6)
            try await send(claim("grace"), through: slots, log, in: &group)
            #expect(log.sent.last == "grace")
            log.hold(false)
            try await group.waitForAll()
        }
        #expect(log.sent.count == 10)
    }

    @Test func `a returned slot admits one message`() async throws {
        let (slots, log) = (slots(16), Log())
        log.hold(true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { try await send(claim("ada"), through: slots, log, in: &group) }
            #expect(log.sent.count == 2)
            log.letOneGo()
            #expect(await eventually { log.sent.count > 2 })
            #expect(slots.counts.waiting == 2)
            log.hold(false)
            try await group.waitForAll()
        }
    }

    @Test func `an owner's hosts take turns`() async throws {
        let (slots, log) = (slots(8), Log())
        log.hold(true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in ["a:80", "b:80", "c:80"] {
                for _ in 0..<3 {
                    try await send(
                        claim("ada", place), as: place, through: slots, log, in: &group)
                }
            }
            log.hold(false)
            try await group.waitForAll()
        }
        // The first has gone before the others came.
        #expect(
            log.sent.map { $0.prefix(1) }
                == ["a", "a", "b", "c", "a", "b", "c", "b", "c"])
    }

    @Test func `at most eight messages of an owner wait for one place`() async throws {
        let (slots, log) = (slots(rate: 1), Log())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { try await send(claim("ada"), through: slots, log, in: &group) }
            #expect(!slots.hasRoom(claim("ada")) && slots.hasRoom(claim("grace")))
            guard case .full = await slots.with(claim("ada"), { 1 }) else {
                Issue.record("the eleventh waits")
                return
            }
            ticks.advance(milliseconds: 1_000)
            #expect(await eventually { slots.hasRoom(claim("ada")) })
            slots.close()
        }
        #expect(log.sent.count == 3)
        guard case .closed = await slots.with(claim("ada"), { 1 }) else {
            Issue.record("something is sent after the end")
            return
        }
        ticks.end()
    }

    /// Ten owners with a hundred places each.
    @Test func `a thousand places at their rates take turns, each with its own rate`() async throws
    {
        let (slots, log) = (slots(rate: 1), Log())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1_000 {
                let claim = claim("owner\(number % 10)", "place\(number):80")
                for _ in 0..<4 { try await send(claim, through: slots, log, in: &group) }
            }
            // A burst is two seconds' worth.
            #expect(log.sent.count == 2_000 && slots.counts.waiting == 2_000)
            for count in [3_000, 4_000] {
                ticks.advance(milliseconds: 1_000)
                #expect(await eventually { log.sent.count == count })
                #expect(await eventually { ticks.sleepers == 1 || count == 4_000 })
            }
            ticks.end()
            try await group.waitForAll()
        }
        let counts = log.sent.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        #expect(counts.values.allSatisfy { $0 == 400 } && counts.count == 10)
    }
}
