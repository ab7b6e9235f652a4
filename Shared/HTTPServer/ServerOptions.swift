import EventLoop
import HTTPCore

/// How a server listens and how long it waits. Times in milliseconds.
public struct ServerOptions: Sendable {
    /// A numeric address to listen on.
    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port: UInt16 = 0
    /// Of heads and bodies.
    public var limits = HTTPLimits()
    /// From the first byte of a request (or the connection's begin) to its full head; in all, not
    /// per read. nginx and Node wait 60 s; slowloris needs long ones.
    public var headTimeout = 10_000
    /// Without a byte of an unfinished body; Envoy's edge guide gives 300 s to a whole request.
    public var bodyIdleTimeout = 30_000
    /// Bytes a second that a body must average after `bodyGrace`; Apache's MinRate is 500.
    public var bodyMinimumRate = 1024
    /// How long a body may take whatever its pace: slow starts and short bodies.
    public var bodyGrace = 10_000
    /// Between requests. nginx: 75 s; the gateway's pool gives up its connections earlier.
    public var idleTimeout = 60_000
    /// Without the client taking a byte of an answer; nginx's `send_timeout` is 60 s.
    public var writeTimeout = 30_000
    /// After an error: how long what the client still sends is read and dropped. nginx: 5 s.
    public var lingerTimeout = 2_000
    /// And how much of it, beyond a body's limit. Also how much is skipped of a body that nobody
    /// wanted, for the connection to go on.
    public var lingerBytes = 64 * 1024
    /// Open connections per loop; over it a connection is answered 503 and closed.
    public var connectionsPerLoop = 8_192
    /// Open connections of one client address (of one /64 of IPv6) on all loops; over it a
    /// connection is answered 503 and closed. 0 for no bound.
    public var connectionsPerAddress = 0
    /// Peers to which that does not apply: proxies of ours, behind which are many clients.
    public var exemptPeers: [IPRange] = []
    /// Bytes of an answer that may wait for a slow client before its producer is paused.
    public var writeHighWater = 64 * 1024

    public init() {}
}
