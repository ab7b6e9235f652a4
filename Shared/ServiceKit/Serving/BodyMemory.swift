import EventLoop
import Kernel
import Synchronization

/// The memory of all request bodies of a process, until their responses are complete. A body is
/// collected before its handler runs, so that a slow client blocks nothing else; this limits their
/// memory, in total and for each caller.
public final class BodyMemory: Sendable {
    /// What bodies are held in grows in steps, from this on by doubling.
    static let firstStep = 4_096

    /// The smallest step that holds `count` bytes.
    static func step(toHold count: Int) -> Int {
        var step = firstStep
        while step < count { step *= 2 }
        return step
    }

    /// Bytes, in all and for each caller.
    public let limit: Int
    /// Bytes of one caller.
    public var share: Int { shares.share }
    private let held = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let shares: ShareLimiter

    /// - Parameters:
    ///   - limit: bytes of all bodies together.
    ///   - share: bytes of one caller's.
    public init(limit: Int = 64 * 1024 * 1024, share: Int = 8 * 1024 * 1024) {
        self.limit = limit
        shares = ShareLimiter(share: share)
    }

    /// Bytes held now.
    public var heldBytes: Int { held.load(ordering: .relaxed) }

    /// - Parameter caller: nil for services of ours, which have no share.
    /// - Throws: 429 `too_many_bytes_in_flight` over the share, 503 `overloaded` over the whole.
    func take(_ count: Int, for caller: CallerKey?) throws(Fault) {
        if let caller, !shares.take(count, for: caller) {
            throw Fault(
                ProblemType.tooManyBytesInFlight,
                "The bodies of your requests in flight must not exceed \(share) bytes in total: "
                    + "wait for a response before you send another.", retryAfter: 1)
        }
        guard held.add(count, ordering: .relaxed).newValue <= limit else {
            refused.add(1, ordering: .relaxed)
            giveBack(count, of: caller)
            throw Fault(ProblemType.overloaded, retryAfter: 1)
        }
    }

    func giveBack(_ count: Int, of caller: CallerKey?) {
        held.subtract(count, ordering: .relaxed)
        if let caller { shares.giveBack(count, of: caller) }
    }
}

/// The memory of one body; given back with the last reference to it. Belongs to a loop.
final class BodyLease {
    private let memory: BodyMemory
    private let caller: CallerKey?
    private(set) var bytes = 0

    init(_ memory: BodyMemory, for caller: CallerKey?) {
        self.memory = memory
        self.caller = caller
    }

    deinit { if bytes > 0 { memory.giveBack(bytes, of: caller) } }

    func grow(toHold count: Int) throws(Fault) {
        if count > bytes { try grow(to: count) }
    }

    func grow(to count: Int) throws(Fault) {
        try memory.take(count - bytes, for: caller)
        bytes = count
    }
}

extension MetricsText {
    mutating func bodies(_ memory: BodyMemory) {
        gauge(
            "latchkey_body_memory_bytes", "Memory of request bodies.",
            Double(memory.heldBytes))
        let name = "latchkey_body_memory_refused_total"
        family(name, "counter", "Requests refused because of the memory of their bodies.")
        sample(name, ["bound": "caller"], Double(memory.callerRefusals))
        sample(name, ["bound": "process"], Double(memory.processRefusals))
    }
}

extension BodyMemory {
    fileprivate var callerRefusals: Int { shares.refusedCount }
    fileprivate var processRefusals: Int { refused.load(ordering: .relaxed) }
}
