import EventLoop
import HTTPCore
import Kernel
import Synchronization

/// The other end of a connection.
public struct Peer: Sendable {
    /// The client's, or a proxy's.
    public let address: IPAddress
    /// The address in text.
    public let host: String

    public init(address: IPAddress, host: String) {
        self.address = address
        self.host = host
    }
}

/// How many connections a server has, over all loops: each address has a share of them.
final class ConnectionBounds: Sendable {
    /// By network; nil for no bound.
    private let shares: ShareLimiter?
    private let exempt: [IPRange]
    private let ofLoops = Atomic<Int>(0)

    init(_ options: ServerOptions) {
        shares =
            options.connectionsPerAddress == 0
            ? nil : ShareLimiter(share: options.connectionsPerAddress)
        exempt = options.exemptPeers
    }

    enum Verdict {
        /// The lease is kept as long as the connection.
        case fine(ShareLimiter.Lease?)
        case tooMany
    }

    func admit(_ address: IPAddress) -> Verdict {
        guard let shares, !exempt.contains(where: { $0.contains(address) }) else {
            return .fine(nil)
        }
        return shares.lease(for: .network(address.network)).map { .fine($0) } ?? .tooMany
    }

    func refusedByLoop() { ofLoops.add(1, ordering: .relaxed) }

    var refusals: ConnectionRefusals {
        ConnectionRefusals(
            byAddress: shares?.refusedCount ?? 0, byLoop: ofLoops.load(ordering: .relaxed))
    }
}

/// Refused connections, by the limit that was reached.
public struct ConnectionRefusals: Sendable, Equatable {
    /// By the bound of one address.
    public var byAddress = 0
    /// By the bound of one loop.
    public var byLoop = 0

    public init(byAddress: Int = 0, byLoop: Int = 0) {
        self.byAddress = byAddress
        self.byLoop = byLoop
    }
}
