import Kernel
import TestSupport
import Testing

struct UUIDTests {
    /// Bytes that are given as they are.
    private struct FixedRandom: RandomSource {
        let byte: UInt8
        func bytes(_ count: Int) -> [UInt8] { Array(repeating: byte, count: count) }
    }

    private func minter(_ clock: FakeClock = FakeClock(), seed: UInt64 = 1) -> IDMinter {
        IDMinter(clock: clock, random: SeededRandom(seed: seed))
    }

    /// RFC 9562 §5.7.
    private static var layout: Regex<Substring> {
        /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    }

    @Test func `a UUID has its version and variant, in lower case`() throws {
        let clock = FakeClock()
        let minter = minter(clock)
        var variants: Set<Character> = []
        for _ in 0..<200 {
            clock.advance(seconds: 1)
            let id = minter.makeUUID()
            #expect(id.wholeMatch(of: Self.layout) != nil, "\(id)")
            #expect(IDMinter.uuid(id) == id)
            variants.insert(Array(id)[19])
        }
        // The bits beside the variant are random.
        #expect(variants == ["8", "9", "a", "b"])
    }

    /// The milliseconds of RFC 9562 A.6.
    @Test func `a UUID begins with its time in milliseconds`() {
        let clock = FakeClock("2022-02-22T19:22:22.000Z")
        #expect(minter(clock).makeUUID().hasPrefix("017f22e2-79b0-7"))
        let time = FakeClock("1970-01-01T00:00:00.001Z")
        #expect(minter(time).makeUUID().hasPrefix("00000000-0001-7"))
    }

    @Test func `all other bits of a UUID are random`() {
        // The first of the random bits stays 0, which leaves room to count up.
        let clock = FakeClock("2022-02-22T19:22:22.000Z")
        let ones = IDMinter(clock: clock, random: FixedRandom(byte: 255)).makeUUID()
        #expect(ones == "017f22e2-79b0-77ff-bfff-ffffffffffff")
        let zeros = IDMinter(clock: clock, random: FixedRandom(byte: 0)).makeUUID()
        #expect(zeros == "017f22e2-79b0-7000-8000-000000000000")
    }

    @Test func `UUIDs sort in order of creation, also within a millisecond`() {
        let minter = minter()
        let ids = (0..<5_000).map { _ in minter.makeUUID() }
        for (one, next) in zip(ids, ids.dropFirst()) { #expect(one < next) }
    }

    @Test func `UUIDs sort in order of creation if the clock is set back`() {
        let clock = FakeClock()
        let minter = minter(clock, seed: 3)
        var ids: [String] = []
        for i in 0..<3_000 {
            if i % 100 == 0 { clock.advance(seconds: i % 300 == 0 ? -5 : 2) }
            if i % 3 == 0 { _ = minter.make("ent_") }
            ids.append(minter.makeUUID())
        }
        for (one, next) in zip(ids, ids.dropFirst()) { #expect(one < next) }
    }

    /// The lower half of the random part is full from the first one on.
    @Test func `UUIDs sort in order of creation if the counter overflows`() {
        let minter = IDMinter(clock: FakeClock(), random: FixedRandom(byte: 255))
        let ids = (0..<1_000).map { _ in minter.makeUUID() }
        for (one, next) in zip(ids, ids.dropFirst()) { #expect(one < next) }
    }

    @Test func `a hundred thousand UUIDs are different`() {
        let minter = minter(seed: 7)
        var seen: Set<String> = []
        for _ in 0..<100_000 { seen.insert(minter.makeUUID()) }
        #expect(seen.count == 100_000)
    }

    @Test func `UUIDs made at once on many threads are different`() async {
        let minter = IDMinter(clock: FakeClock(), random: SystemRandom())
        let ids = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<2_000).map { _ in minter.makeUUID() } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for part in ids { #expect(part == part.sorted()) }
        #expect(Set(ids.joined()).count == 16_000)
    }

    @Test func `a UUID does not reveal the next one`() {
        let minter = minter(seed: 9)
        let tails = (0..<1_000).map { _ in
            UInt64(minter.makeUUID().suffix(12), radix: 16) ?? 0
        }
        #expect(Set(zip(tails, tails.dropFirst()).map { $1 &- $0 }).count > 990)
    }

    // MARK: Reading

    @Test(arguments: [
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "c232ab00-9414-11ec-b3c8-9f6bdeced846", "919108f7-52d1-4320-9bac-f847db4148a8",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0",
    ])
    func `UUIDs of any version and case are read`(_ text: String) {
        #expect(IDMinter.uuid(text) == text)
        #expect(IDMinter.uuid(text.uppercased()) == text)
        let mixed = String(text.enumerated().map { $0 % 2 == 0 ? $1 : Character($1.uppercased()) })
        #expect(IDMinter.uuid(mixed) == text)
    }

    private static let good = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

    @Test(arguments: [
        "", "x", good + "0", String(good.dropLast()), " " + good, good + " ", good + "\n",
        "{\(good)}", "urn:uuid:" + good, good.replacing("-", with: ""),
        // As long, with its hyphens elsewhere or others.
        "017f22e27-9b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4dc0c0c07398f-",
        good.replacing("-", with: "_"), "017f22e2-79b0-7cc3-98c40dc0c0c07398f",
        "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        // As long, with characters that are no digits.
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c4-dc0c0c07398G",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398 ", "017f22e2-79b0-7cc3-98c4-dc0c0c07398@",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398`", "017f22e2-79b0-7cc3-98c4-dc0c0c07398/",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398:", "017f22e2-79b0-7cc3-98c4-dc0c0c0739\u{e9}",
        "017f22e2-79b0-7cc3-98c4-dc0c0c073\u{ff11}", "0x7f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398\u{0}",
    ])
    func `an invalid UUID is refused`(_ text: String) {
        #expect(IDMinter.uuid(text) == nil)
    }
}
