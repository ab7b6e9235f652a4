import HTTPClient
import Synchronization

/// Counts the requests to one service. Shared by all loops: its lock is held briefly.
public final class UpstreamMeter: Sendable {
    struct Counts: Sendable {
        /// Not cumulative; as `RouteMetrics.bounds`, and one more.
        var buckets = [Int](repeating: 0, count: RouteMetrics.bounds.count + 1)
        var seconds = 0.0
        var failures: [String: Int] = [:]
    }

    private let state = Mutex(Counts())

    public init() {}

    /// - Parameter failure: why there was no complete response; nil if there was one.
    public func count(seconds: Double, _ failure: UpstreamFailure?) {
        let bucket =
            RouteMetrics.bounds.firstIndex { seconds <= $0 } ?? RouteMetrics.bounds.count
        state.withLock { counts in
            counts.seconds += seconds
            counts.buckets[bucket] += 1
            if let failure { counts.failures[failure.label, default: 0] += 1 }
        }
    }

    var counts: Counts { state.withLock { $0 } }
}

extension UpstreamFailure {
    /// For metrics and spans.
    public var label: String {
        switch self {
        case .unreachable: "unreachable"
        case .insecure: "insecure"
        case .timeout: "timeout"
        case .closed: "closed"
        case .malformed: "malformed"
        case .overloaded: "overloaded"
        case .circuitOpen: "circuit_open"
        }
    }
}

/// One called service, for the metrics.
public struct UpstreamState: Sendable {
    let name: String
    let pools: PoolState
    let counts: UpstreamMeter.Counts

    public init(_ name: String, _ pools: PoolState, _ meter: UpstreamMeter) {
        self.name = name
        self.pools = pools
        counts = meter.counts
    }
}

extension MetricsText {
    /// Metrics of the services that this one calls.
    public mutating func upstreams(_ upstreams: [UpstreamState]) {
        family("latchkey_upstream_breaker", "gauge", "0 closed, 1 probing, 2 open.")
        for one in upstreams {
            sample(
                "latchkey_upstream_breaker", ["upstream": one.name], Double(one.pools.breakerLevel))
        }
        family("latchkey_upstream_connections", "gauge", "Open connections to services.")
        for one in upstreams {
            sample(
                "latchkey_upstream_connections", ["upstream": one.name],
                Double(one.pools.connections))
        }
        family(
            "latchkey_upstream_failures_total", "counter", "Requests without a complete response.")
        for one in upstreams {
            for (reason, count) in one.counts.failures.sorted(by: { $0.key < $1.key }) {
                sample(
                    "latchkey_upstream_failures_total", ["upstream": one.name, "reason": reason],
                    Double(count))
            }
        }
        let name = "latchkey_upstream_request_duration_seconds"
        family(name, "histogram", "Time from sending a request to the end of its response.")
        for one in upstreams {
            histogram(
                name, [("upstream", one.name)], bounds: RouteMetrics.bounds,
                counts: one.counts.buckets, sum: one.counts.seconds)
        }
    }
}
