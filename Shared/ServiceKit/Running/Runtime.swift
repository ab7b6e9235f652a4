import EventLoop
import Kernel
import Tracing

/// What a service runs on: its loops, and what tests replace.
public struct Runtime: Sendable {
    /// The event loops of the process.
    public let group: EventLoopGroup
    /// The log of the process.
    public let logger: Logger
    /// The time of requests and jobs.
    public let clock: any Clock
    /// For ids, tokens and nonces.
    public let random: any RandomSource
    /// Records spans.
    public let tracer: Tracer
    /// Of all the process's servers together.
    public let bodies: BodyMemory
    /// Of all the process's servers together.
    public let traffic: RequestTraffic
    /// For crash tests.
    public let faults: CrashPoints
    /// In which this process answers; nil if it belongs to no cell.
    public var term: CellTerm?
    /// Milliseconds for which requests to other services wait while those accept no connections.
    public let restartPatience: Int

    public init(
        group: EventLoopGroup, logger: Logger, clock: any Clock = SystemClock(),
        random: any RandomSource = SystemRandom(), tracer: Tracer = Tracer(),
        bodies: BodyMemory = BodyMemory(), traffic: RequestTraffic = RequestTraffic(),
        faults: CrashPoints = CrashPoints(), restartPatience: Int = 0
    ) {
        self.group = group
        self.logger = logger
        self.clock = clock
        self.random = random
        self.tracer = tracer
        self.bodies = bodies
        self.traffic = traffic
        self.faults = faults
        self.restartPatience = restartPatience
    }
}

/// A service that has started.
public protocol RunningService: Sendable {
    /// The port that it listens on.
    var port: UInt16 { get }
    /// Stops accepting, completes running requests (10 s), writes everything to disk.
    func stop() async
}
