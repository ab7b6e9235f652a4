import EventLoop

/// The pools of all loops to one upstream, for the metrics.
public struct PoolState: Sendable {
    /// The worst: 0 closed, 1 probing, 2 open.
    public var breakerLevel = 0
    /// Open ones.
    public var connections = 0

    public init() {}

    /// Asks each loop for its pool.
    public init(_ pools: [(loop: EventLoop, pool: UpstreamPool)]) async {
        for (loop, pool) in pools {
            let part = await EventLoopGroup.on(loop) { (pool.breakerLevel, pool.connectionCount) }
            breakerLevel = max(breakerLevel, part.0)
            connections += part.1
        }
    }
}

extension HTTPClient {
    /// The pools of all loops.
    public func state() async -> PoolState { await PoolState(pools) }
}
