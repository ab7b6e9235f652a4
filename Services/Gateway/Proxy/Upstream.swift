import Contract
import EventLoop
import HTTPClient
import Kernel
import ServiceKit

/// A service behind the gateway.
struct Upstream: Sendable {
    /// Its name: the audience of the identities made for it.
    let name: String
    let url: ServiceURL
    let groups: [EndpointGroup]
    var endpoints: [Endpoint] { groups.flatMap(\.endpoints) }
    /// Where it stands in the gateway's list.
    let index: Int
    /// One for each loop, by the loop's slot.
    private let pools: [Int: UpstreamPool]

    init(
        _ name: String, _ url: ServiceURL, _ groups: [EndpointGroup], index: Int,
        resolver: Resolver,
        on group: EventLoopGroup
    ) {
        self.name = name
        self.url = url
        self.groups = groups
        self.index = index
        let options = UpstreamOptions(host: url.host, port: url.port)
        pools = Dictionary(
            uniqueKeysWithValues: group.loops.map {
                ($0.slot, UpstreamPool(options, resolver: resolver, on: $0))
            })
    }

    /// The pool of the current loop.
    func pool(on loop: EventLoop) -> UpstreamPool? { pools[loop.slot] }

    /// Breaker level (the worst of all loops) and open connections.
    func state(of group: EventLoopGroup) async -> (breaker: Int, connections: Int) {
        var breaker = 0
        var connections = 0
        for loop in group.loops {
            guard let pool = pools[loop.slot] else { continue }
            let part = await EventLoopGroup.on(loop) { (pool.breakerLevel, pool.connectionCount) }
            breaker = max(breaker, part.0)
            connections += part.1
        }
        return (breaker, connections)
    }
}
