/// How long each round of events kept its loop from the next one: for as long everybody else on
/// it waited. The sum is the time that the loop was busy.
public struct LoopStalls: Sendable, Equatable {
    /// Seconds. Below the first is what a loop does all day; above 0.1 somebody notices.
    public static let bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]

    /// Rounds, not cumulative; one more than `bounds`.
    public private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    private var nanoseconds: UInt64 = 0

    public init() {}

    /// All rounds together.
    public var seconds: Double { Double(nanoseconds) / 1e9 }
    /// The rounds that took longer than one of `bounds`.
    public func count(above bound: Double) -> Int {
        zip(Self.bounds + [.infinity], counts).reduce(0) { $1.0 > bound ? $0 + $1.1 : $0 }
    }

    mutating func note(_ duration: UInt64) {
        nanoseconds &+= duration
        // Nearly all of them.
        guard duration > 1_000_000 else {
            counts[0] += 1
            return
        }
        let seconds = Double(duration) / 1e9
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    }

    /// Counts those of another loop in.
    public mutating func add(_ other: LoopStalls) {
        nanoseconds &+= other.nanoseconds
        for (index, count) in other.counts.enumerated() { counts[index] += count }
    }
}
