import Contract
import EventLoop
import HTTPClient
import Kernel
import ServiceKit

/// A service behind the gateway.
final class Upstream: Sendable {
    /// Also the audience of the identities made for it.
    let name: String
    let url: ServiceURL
    /// `Host` of the requests to it.
    let authority: String
    let groups: [EndpointGroup]
    var endpoints: [Endpoint] { groups.flatMap(\.endpoints) }
    /// Its position in the gateway's list.
    let index: Int
    /// One for each loop, by the loop's slot.
    private let pools: [Int: (loop: EventLoop, pool: UpstreamPool)]
    let meter = UpstreamMeter()

    /// - Parameter patience: milliseconds for which requests wait while it accepts no connections.
    init(
        _ name: String, _ url: ServiceURL, _ groups: [EndpointGroup], index: Int,
        resolver: Resolver, patience: Int, on group: EventLoopGroup
    ) {
        self.name = name
        self.url = url
        authority = "\(url.host):\(url.port)"
        self.groups = groups
        self.index = index
        var options = UpstreamOptions(host: url.host, port: url.port)
        options.restartPatience = patience
        pools = Dictionary(
            uniqueKeysWithValues: group.loops.map {
                ($0.slot, ($0, UpstreamPool(options, resolver: resolver, on: $0)))
            })
    }

    /// The pool of the current loop.
    func pool(on loop: EventLoop) -> UpstreamPool? { pools[loop.slot]?.pool }

    /// Closes the breakers once the service is ready again.
    func recovered() async {
        for (loop, pool) in pools.values { await EventLoopGroup.on(loop) { pool.recovered() } }
    }

    func state() async -> UpstreamState {
        UpstreamState(name, await PoolState(Array(pools.values)), meter)
    }
}
