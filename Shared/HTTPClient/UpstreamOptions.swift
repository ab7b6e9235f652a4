import HTTPCore
import TLS

/// How to speak to one upstream. Times in milliseconds.
public struct UpstreamOptions: Sendable {
    /// A name or a numeric address.
    public var host: String
    /// A TCP port.
    public var port: UInt16
    /// Nil: without TLS.
    public var tls: UpstreamTLS?
    /// Per loop. Beyond it, exchanges wait in line.
    public var maximumConnections = 256
    /// Connections per loop that exchanges share whose sender says that they may (`UpstreamPool`).
    public var sharedConnections = 2
    /// Exchanges that one of those carries; beyond it they take connections of their own.
    public var exchangesPerConnection = 64
    /// Exchanges that wait per loop; beyond it they fail at once. HAProxy queues without bound.
    public var maximumWaiting = 1_024
    /// Until a connection is open.
    public var connectTimeout = 1_000
    /// How long exchanges wait for an upstream that accepts no connections, as while it restarts;
    /// 0: they fail at once.
    public var restartPatience = 0
    /// How long an unused connection is kept.
    public var idleTimeout = 30_000
    /// Of a response's head and body.
    public var limits: HTTPLimits
    /// Failures in a row that open the breaker.
    public var breakerThreshold = 5
    /// First and longest time that it stays open.
    public var breakerOpen = 1_000
    /// Where doubling ends.
    public var breakerLongestOpen = 2_000

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
        limits = HTTPLimits()
        limits.headBytes = 64 * 1024
        limits.bodyBytes = Int.max / 2  // streamed; who collects a body bounds it
    }
}

/// How an upstream proves who it is.
public struct UpstreamTLS: Sendable {
    let client: TLSClient
    let name: String

    /// - Parameter name: its certificate must be for this name or address.
    public init(_ client: TLSClient, name: String) {
        self.client = client
        self.name = name
    }
}

/// Why there is no (whole) answer.
public enum UpstreamFailure: Error, Sendable, Equatable {
    /// Nobody accepts connections there, or its name is unknown.
    case unreachable
    /// It speaks no TLS, or its certificate isn't valid for its name.
    case insecure
    /// The deadline passed.
    case timeout
    /// The connection ended before the answer was complete.
    case closed
    /// What came back is no HTTP.
    case malformed
    /// Too many exchanges are waiting.
    case overloaded
    /// Too many failures of late: not even tried.
    case circuitOpen
}
