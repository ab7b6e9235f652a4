import Foundation
import Synchronization
import TestSupport
import Testing

/// Random changes in all contexts, with processes killed at random: the feed, read from its
/// beginning, says who has access to what, as the databases do.
///
/// `LATCHKEY_TEST_CHANGES=10000 LATCHKEY_TEST_KILLS=100` makes so many, however long it takes
/// (`Tests/Support/README.md`).
@Suite(.serialized) struct FeedReplayTests {
    /// Changes that must be made, and kills; without the settings, as many as there is time for.
    private static let wanted = setting("LATCHKEY_TEST_CHANGES")
    private static let wantedKills = setting("LATCHKEY_TEST_KILLS")
    /// Seconds of changes and kills, if no number is wanted.
    private static let seconds = 15
    /// Seconds after which a number that was wanted is given up.
    private static let patience = 1_800
    private static let workers = 6
    private static let users = 6

    @Test func `replaying the feed rebuilds who has access to what`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the changes and kills: \(seed)")
        let stack = try await LiveStack()
        try await stack.start()
        let things = RandomThings(stack, random: SeededRandom(seed: seed))
        for index in 0..<Self.users { try await things.addUser("u\(index)") }
        let isOver = Flag()
        let made = Made()
        let kills = try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.workers {
                group.addTask {
                    while !isOver.isSet {
                        if try await things.change() { made.add() }
                    }
                }
            }
            let begin = ContinuousClock.now
            var kills = 0
            while !isEnough(made.count, kills, since: begin) {
                if Self.wantedKills.map({ kills < $0 }) ?? true {
                    try await kill(one: things, stack)
                    kills += 1
                } else {
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            isOver.set()
            try await group.waitForAll()
            return kills
        }
        let count = made.count
        print("\(count) changes, \(kills) kills, seed \(seed)")
        try await stack.ready()
        let isOverAll = try await eventually(within: 30_000) { try await isQuiet(stack) }
        #expect(isOverAll, "seed \(seed)")
        var replay = FeedReplay()
        let events = try await FeedReplay.events(of: stack)
        for event in events { replay.apply(event) }
        #expect(Set(events.compactMap { $0["id"]?.string }).count == events.count)
        let numbers = events.compactMap { $0["sequence"]?.int }
        #expect(numbers == numbers.sorted())
        #expect(await stack.stop())
        let stored = try await StoredFacts.read(stack)
        let missing = stored.subtracting(replay.lines).sorted().prefix(10)
        let wrong = replay.lines.subtracting(stored).sorted().prefix(10)
        #expect(missing.isEmpty && wrong.isEmpty, "seed \(seed): \(missing), not \(wrong)")
        print("\(events.count) events, \(stored.count) facts")
        // Enough to be worth anything.
        #expect(count >= Self.wanted ?? 50 && kills >= Self.wantedKills ?? 3)
        #expect(stored.count > 20, "\(count) changes, \(stored.count) facts")
    }

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    private func isEnough(
        _ count: Int, _ kills: Int, since begin: ContinuousClock.Instant
    ) -> Bool {
        let time = ContinuousClock.now - begin
        guard Self.wanted != nil || Self.wantedKills != nil else {
            return time >= .seconds(Self.seconds)
        }
        return count >= Self.wanted ?? 0 && kills >= Self.wantedKills ?? 0
            || time >= .seconds(Self.patience)
    }

    /// Kills a process and starts it again.
    private func kill(one things: RandomThings, _ stack: LiveStack) async throws {
        try await Task.sleep(for: .milliseconds(500 + things.below(1_500)))
        let service = LiveStack.Service.allCases[things.below(5)]
        await stack.process(service)?.killNow()
        try await Task.sleep(for: .milliseconds(things.below(300)))
        try stack.start(service)
        try await stack.ready()
    }

    /// Whether no event is on its way and no job is left. Events cause others, so twice.
    private func isQuiet(_ stack: LiveStack) async throws -> Bool {
        for _ in 0..<2 {
            for service in LiveStack.Service.allCases {
                let text = try await APIClient(port: stack.port(service)).call("GET", "/metrics")
                    .text
                let waiting = text.split(separator: "\n").filter {
                    $0.hasPrefix("latchkey_outbox_depth{") || $0.hasPrefix("latchkey_jobs ")
                }
                guard waiting.allSatisfy({ $0.hasSuffix(" 0") }) else { return false }
            }
        }
        return true
    }
}

/// Counts changes over all workers.
private final class Made: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    func add() { value.withLock { $0 += 1 } }
}
