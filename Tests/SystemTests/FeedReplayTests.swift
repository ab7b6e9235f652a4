import TestSupport
import Testing

/// Random changes in all contexts, with processes killed at random: the feed, read from its
/// beginning, says who has access to what, as the databases do.
@Suite(.serialized) struct FeedReplayTests {
    /// Seconds of changes.
    private static let seconds = 15
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
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.workers {
                group.addTask {
                    var count = 0
                    while !isOver.isSet {
                        if try await things.change() { count += 1 }
                    }
                    return count
                }
            }
            let end = ContinuousClock.now + .seconds(Self.seconds)
            while ContinuousClock.now < end { try await kill(one: things, stack) }
            isOver.set()
            return try await group.reduce(0, +)
        }
        print("\(count) changes, seed \(seed)")
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
        // Enough to be worth anything.
        #expect(count > 50 && stored.count > 20, "\(count) changes, \(stored.count) facts")
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
