import EventLoop
import TestSupport
import Testing

@testable import Cell

/// A bucket whose requests can be lost, answered late, or applied long after their sender gave up.
private final class FakeBucket {
    struct Lost: Error {}

    private struct Late {
        let due: Int
        let record: LeaseRecord
        let tag: String?
    }

    private(set) var object: (record: LeaseRecord, tag: String)?
    private var writes = 0
    private var late: [Late] = []
    /// Milliseconds.
    var time = 0
    var isAway = false
    /// Called with each record that becomes the object.
    var onWrite: (LeaseRecord) -> Void = { _ in }

    func advance(to time: Int) {
        self.time = time
        for write in late where write.due <= time { _ = apply(write.record, over: write.tag) }
        late.removeAll { $0.due <= time }
    }

    func apply(_ record: LeaseRecord, over tag: String?) -> String? {
        guard object?.tag == tag else { return nil }
        writes += 1
        object = (record, "\"\(writes)\"")
        onWrite(record)
        return object?.tag
    }

    func delay(_ record: LeaseRecord, over tag: String?, until due: Int) {
        late.append(Late(due: due, record: record, tag: tag))
    }
}

/// One machine's view of the bucket, with faults by chance.
private final class FaultyStore: LeaseStore {
    private let bucket: FakeBucket
    private let random: SeededRandom?

    init(_ bucket: FakeBucket, _ random: SeededRandom?) {
        self.bucket = bucket
        self.random = random
    }

    private func fails(oneIn count: Int) -> Bool {
        bucket.isAway || random.map { $0.below(count) == 0 } ?? false
    }

    func read() throws -> (record: LeaseRecord, tag: String)? {
        if fails(oneIn: 8) { throw FakeBucket.Lost() }
        return bucket.object
    }

    func write(_ record: LeaseRecord, over tag: String?) throws -> String? {
        if fails(oneIn: 8) { throw FakeBucket.Lost() }
        if fails(oneIn: 8) {
            bucket.delay(record, over: tag, until: bucket.time + (random?.below(9_000) ?? 0))
            throw FakeBucket.Lost()
        }
        let written = bucket.apply(record, over: tag)
        // The response is lost.
        if fails(oneIn: 8) { throw FakeBucket.Lost() }
        return written
    }
}

extension SeededRandom {
    fileprivate func below(_ limit: Int) -> Int {
        Int(bytes(4).reduce(0) { $0 << 8 | UInt32($1) } % UInt32(limit))
    }
}

/// A machine: its clock runs at a rate of its own, and it can be paused.
private final class Machine {
    let name: String
    /// In thousandths.
    private let rate: Int
    private let bucket: FakeBucket
    private var keeper: LeaseKeeper<FaultyStore>
    private let restraint = Restraint()
    private var readsUntil = Ticks(nanoseconds: 0)
    var pausedUntil = 0
    private(set) var reigns: [UInt64] = []

    init(
        _ name: String, _ bucket: FakeBucket, rate: Int = 1_000, start: Int = 0,
        random: SeededRandom? = nil
    ) {
        self.name = name
        self.rate = rate
        self.bucket = bucket
        keeper = LeaseKeeper(
            FaultyStore(bucket, random), owner: name, ttl: 4_000, restraint: restraint
        ) {
            Ticks(nanoseconds: UInt64(start * 1_000 + bucket.time * rate) * 1_000)
        }
        self.start = start
    }

    private let start: Int
    private var now: Ticks {
        Ticks(nanoseconds: UInt64(start * 1_000 + bucket.time * rate) * 1_000)
    }

    /// Whether it would answer a client now.
    var believes: Bool { keeper.until.map { now < $0 } ?? false }
    var isHolder: Bool { keeper.isHolder }
    /// Whether it would answer one who changes nothing.
    var canRead: Bool { believes || isHolder && now < readsUntil }

    /// A holder without the bucket asks all others, some of whom can be paused.
    func ask(_ others: [Machine]) {
        guard bucket.time >= pausedUntil, isHolder, let reign = keeper.reign else { return }
        let start = now
        if others.allSatisfy({ $0.promises(reign) }) {
            readsUntil = start.adding(milliseconds: 3_000)
        }
    }

    private func promises(_ reign: UInt64) -> Bool {
        guard bucket.time >= pausedUntil else { return false }
        return restraint.promise(reign, until: now.adding(milliseconds: 4_000))
    }

    @discardableResult
    func step() -> LeaseKeeper<FaultyStore>.Event {
        guard bucket.time >= pausedUntil else { return .standby }
        var event = keeper.step()
        if event == .vacant { event = keeper.found() }
        if case .took(let reign) = event { reigns.append(reign) }
        return event
    }

    func release() throws { try keeper.release() }
}

@Suite struct LeaseKeeperTests {
    @Test func `the first machine founds the cell, and the others follow`() {
        let bucket = FakeBucket()
        let (a, b) = (Machine("a", bucket), Machine("b", bucket))
        #expect(a.step() == .took(reign: 1))
        #expect(a.believes)
        #expect(b.step() == .standby)
        for time in stride(from: 0, through: 20_000, by: 1_000) {
            bucket.advance(to: time)
            #expect(a.step() == .renewed)
            #expect(b.step() == .standby)
            #expect(a.believes && !b.believes)
        }
    }

    @Test func `a standby takes over a TTL after it saw the last renewal, not before`() {
        let bucket = FakeBucket()
        let (a, b) = (Machine("a", bucket), Machine("b", bucket))
        a.step()
        bucket.advance(to: 500)
        #expect(b.step() == .standby)
        bucket.advance(to: 3_000)
        // By then the holder has stopped by itself.
        #expect(!a.believes)
        bucket.advance(to: 4_499)
        #expect(b.step() == .standby)
        bucket.advance(to: 4_500)
        #expect(b.step() == .took(reign: 2))
        #expect(b.believes)
        #expect(a.step() == .lost)
        #expect(!a.isHolder)
    }

    @Test func `a lease that was released is taken at once`() throws {
        let bucket = FakeBucket()
        let (a, b) = (Machine("a", bucket), Machine("b", bucket))
        a.step()
        #expect(b.step() == .standby)
        try a.release()
        #expect(!a.believes)
        #expect(b.step() == .took(reign: 2))
    }

    @Test func `without the bucket a holder reads on while all others promise not to take over`() {
        let bucket = FakeBucket()
        let (a, b, c) = (Machine("a", bucket), Machine("b", bucket), Machine("c", bucket))
        a.step()
        for machine in [b, c] { machine.step() }
        bucket.isAway = true
        bucket.advance(to: 5_000)
        a.ask([b, c])
        // They have not noticed, and may take over.
        #expect(!a.canRead)
        for machine in [b, c] { machine.step() }
        a.ask([b, c])
        #expect(a.canRead && !a.believes)
        // It is back, but who has promised waits.
        bucket.isAway = false
        bucket.advance(to: 7_999)
        #expect(a.canRead)
        #expect(b.step() == .standby)
        bucket.advance(to: 9_000)
        #expect(!a.canRead)
        #expect(b.step() == .took(reign: 2))
        // Who takes over, or has seen another reign, promises nothing.
        #expect(c.step() == .standby)
        a.ask([b, c])
        #expect(!a.canRead)
        a.ask([c])
        #expect(!a.canRead)
    }

    @Test func `a holder goes on when its bucket comes back, unless another took over`() {
        let bucket = FakeBucket()
        let a = Machine("a", bucket)
        a.step()
        bucket.isAway = true
        bucket.advance(to: 1_000)
        guard case .failed = a.step() else {
            Issue.record("a renewal without a bucket")
            return
        }
        #expect(a.believes)
        bucket.advance(to: 3_000)
        #expect(!a.believes)
        bucket.isAway = false
        bucket.advance(to: 60_000)
        #expect(a.step() == .renewed)
        #expect(a.believes)
    }

    /// Three machines whose clocks differ by up to a tenth in rate, requests that are lost or
    /// applied up to 9 s late, and pauses: no two answer at once, and no reign begins twice.
    @Test(arguments: UInt64(1)...300)
    func `no two machines answer at once, whatever is lost, late or paused`(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let bucket = FakeBucket()
        let machines = ["a", "b", "c"].map { name in
            Machine(
                name, bucket, rate: 900 + random.below(200), start: random.below(100_000),
                random: random)
        }
        var (answered, away) = (0, 0)
        bucket.onWrite = { record in
            // Whoever begins, the others have stopped before.
            let others = machines.filter { $0.name != record.owner && $0.canRead }
            #expect(others.isEmpty, "\(record) at \(bucket.time)")
        }
        for time in stride(from: 0, to: 200_000, by: 100) {
            bucket.advance(to: time)
            // At times it is away for all.
            if random.below(300) == 0 { away = time + random.below(20_000) }
            bucket.isAway = time < away
            for machine in machines where random.below(3) == 0 {
                if random.below(100) == 0 { machine.pausedUntil = time + random.below(15_000) }
                if case .failed = machine.step() {
                    machine.ask(machines.filter { $0.name != machine.name })
                }
            }
            let believers = machines.filter(\.canRead)
            #expect(believers.count <= 1, "\(believers.map(\.name)) at \(time)")
            answered += believers.count
        }
        let reigns = machines.flatMap(\.reigns)
        #expect(Set(reigns).count == reigns.count)
        // It is a cell that works: somebody answers most of the time.
        #expect(answered > 300, "\(answered) of 2000 moments, \(reigns.count) reigns")
    }
}

@Suite struct HistoryTests {
    @Test func `transactions are read from Litestream's file names`() {
        let name = "cell-1/2/entities/0000/000000000000000a-00000000000000ff.ltx"
        #expect(History.transaction(name) == 255)
        #expect(History.transaction("cell-1/2/entities/0000/x.tmp") == nil)
        #expect(History.transaction("cell-1/lease.json") == nil)
    }
}
